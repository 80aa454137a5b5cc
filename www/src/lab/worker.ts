/** The lab's worker: one instance of its wasm. Calls run one after the other; one that was given up before its turn is not run. */
import * as Comlink from 'comlink';
import { asEngineError, during, EngineError, hasher, isTrap, messageOf, report, serve, type HandedFile } from '../engine/worker-side';
import { instantiate, type Module } from './flavour';
import type { GradientFlow, ModelFile, Numbers, Operated, Paths, Settings, Stretch, Subject, Surgery, Tried } from './types';

type Trainer = InstanceType<Module['Trainer']>;
type Experiment = ReturnType<Module['Experiment']['open']>;
type LossSurface = ReturnType<Experiment['surface']>;

let lab: Promise<Module> | null = null;
/** The net that learns here. */
let trainer: Trainer | null = null;
/** The net of a model file that is asked questions, and where the file came from. */
let subject: { from: string | HandedFile | Numbers; experiment: Experiment } | null = null;
/** The losses around it, of one seed. */
let surrounding: { seed: number; surface: LossSurface } | null = null;
/** Pictures that it is asked about. */
const SAMPLES = 12;

/** A trap leaves the instance unusable: the page starts another worker. */
async function using<R>(call: number, prefix: string, work: (lab: Module, signal: AbortSignal) => R | Promise<R>): Promise<R> {
  return during(call, async (signal) => {
    const module = await (lab ??= instantiate());
    await breath(signal);
    try {
      return await work(module, signal);
    } catch (error) {
      if (isTrap(error)) throw new EngineError('crashed', `${prefix}the lab stopped (${messageOf(error)}).`);
      throw asEngineError(error, prefix);
    }
  });
}

/** What is already queued is heard: that this was superseded, or is given up. */
async function breath(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal.throwIfAborted();
}

const gradientFlow = (call: number, settings: Settings): Promise<GradientFlow> =>
  using(call, 'The net could not be measured: ', (module) => module.gradient_flow(settings));

const defaults = (call: number): Promise<Settings> => using(call, 'The lab did not start: ', (module) => module.default_settings() as Settings);

/** A new net in the place of the one before. Answers with the classes’ names. */
const begin = (call: number, settings: Settings): Promise<string[]> =>
  using(call, 'The net could not be made: ', (module) => {
    trainer?.free();
    trainer = null;
    trainer = new module.Trainer(settings);
    return module.labels();
  });

const train = (call: number, steps: number, look: boolean): Promise<Stretch> =>
  using(call, 'The net could not be trained: ', () => {
    const net = theOne();
    const progress = net.step(steps);
    return { progress, norms: net.gradient_norms(), looked: look ? { evaluation: net.evaluate(), samples: net.samples(SAMPLES) } : null };
  });

const checkpoint = (call: number): Promise<Uint8Array<ArrayBuffer>> =>
  using(call, 'The net could not be written: ', () => theOne().checkpoint() as Uint8Array<ArrayBuffer>);

const numbers = (call: number): Promise<Float32Array<ArrayBuffer>> =>
  using(call, 'The net could not be kept: ', () => theOne().numbers() as Float32Array<ArrayBuffer>);

const model = (call: number, id: string, title: string, accuracy: string): Promise<ModelFile> =>
  using(call, 'The net could not be written: ', async () => {
    const bytes = theOne().model(id, title, accuracy) as ModelFile['bytes'];
    const hash = hasher(bytes.length);
    hash.update(bytes);
    return Comlink.transfer({ bytes, sha256: await hash.digest() }, [bytes.buffer]);
  });

/** The gradient of the likeliest class, split by path length: of a CIFAR net’s file, for one picture. */
const paths = (call: number, from: string | HandedFile, picture: ImageData): Promise<Paths> =>
  using(call, 'The gradient could not be split: ', async (module, signal) => {
    const experiment = await opened(module, from, signal);
    experiment.add_picture(picture);
    const split = experiment.paths(0);
    return { ...split, label: experiment.labels[split.classIndex]! };
  });

const tryOut = (call: number, from: string | HandedFile | Numbers, on: Tried): Promise<Subject> =>
  using(call, 'The net could not be tried out: ', async (module, signal) => {
    const experiment = await opened(module, from, signal);
    if ('settings' in on) experiment.add_test_pictures(on.settings, on.count);
    else {
      for (const [index, square] of on.squares.entries()) {
        experiment.add_picture(square);
        report(call, index + 1);
        await breath(signal);
      }
    }
    const { blocks, deletable, swappable, pictures } = experiment;
    return { blocks, deletable, swappable, pictures };
  });

const operate = (call: number, surgery: Surgery, count: number, seed: number): Promise<Operated> =>
  using(call, 'The net could not be operated on: ', () => theSubject().operate(surgery, count, seed));

const surface = (call: number, seed: number, along: number[], across: number): Promise<number[]> =>
  using(call, 'The loss could not be measured: ', () => {
    if (surrounding?.seed !== seed) {
      surrounding?.surface.free();
      surrounding = null;
      surrounding = { seed, surface: theSubject().surface(seed) };
    }
    return [...surrounding.surface.row(Float64Array.from(along), across)];
  });

/** The net that is asked for, without any pictures. */
async function opened(module: Module, from: string | HandedFile | Numbers, signal: AbortSignal): Promise<Experiment> {
  surrounding?.surface.free();
  surrounding = null;
  // What comes from no server is another copy in every call.
  if (subject?.from !== from) {
    const made = await experimentOf(module, from, signal);
    subject?.experiment.free();
    subject = { from, experiment: made };
  }
  subject.experiment.clear_pictures();
  return subject.experiment;
}

async function experimentOf(module: Module, from: string | HandedFile | Numbers, signal: AbortSignal): Promise<Experiment> {
  if (typeof from === 'object' && 'settings' in from) return module.Experiment.restore(from.numbers, from.settings);
  const file = typeof from === 'string' ? await fetched(from, signal) : from;
  const bytes = file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : file;
  signal.throwIfAborted();
  return module.Experiment.open(bytes);
}

async function fetched(url: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new EngineError('network', `the server answered ${response.status} for the net`);
  return new Uint8Array(await response.arrayBuffer());
}

function theSubject(): Experiment {
  if (!subject) throw new EngineError('engine', 'no net has been opened');
  return subject.experiment;
}

function theOne(): Trainer {
  if (!trainer) throw new EngineError('engine', 'there is no net yet');
  return trainer;
}

const worker = { defaults, gradientFlow, begin, train, checkpoint, numbers, model, paths, tryOut, operate, surface };
export type LabWorker = typeof worker;
serve(worker);
