/** One instance of the wasm, and the networks in it. It lives in a worker, or where there is none in the thread that calls. */
import * as Comlink from 'comlink';
import type { Calls } from './calls';
import { Decoder, type Decode, type Decoded } from './decode';
import { asEngineError, cancelled, EngineError, isTrap, messageOf, type ErrorKind } from './errors';
import type { HandedFile, HandedPicture } from './handed';
import { instantiate, type Binary, type Instance } from './instance';
import type { Loader, Network } from './pkg/simd128/skipscope';
import type { Bare, Loaded, Looked, Ran, RunOrder, Started, Traced, TraceOrder } from './protocol';
import { Session } from './session';
import { fetchModel, type ModelEntry } from './sources';
import type { BlockDetail, Crop, Damage } from './types';

export type EngineHost = ReturnType<typeof createHost>;

export function createHost(calls: Calls, decode: Decode) {
  let wasm: Instance | null = null;
  /** A trap leaves the instance unusable: from then on every call says so, and the page starts another worker. */
  let dead: EngineError | null = null;
  const sessions = new Map<number, Session>();
  let count = 0;
  const decoder = new Decoder(decode);

  async function start(flavour: string, binary: Binary, threads: number): Promise<Started> {
    wasm = await instantiate(flavour, binary, threads);
    return { threads: wasm.threads, join: wasm.pool?.join ?? null };
  }

  /** Once its helpers are there. */
  function build(): void {
    wasm?.pool?.build();
  }

  /** Bytes. */
  function memory(): number {
    return wasm?.memory.buffer.byteLength ?? 0;
  }

  function load(call: number, entry: ModelEntry, from: string | HandedFile): Promise<Loaded> {
    return calls.during(call, async (signal) => {
      const { Loader } = wasm!.module;
      const onProgress = throttled((received, total) => calls.report(call, [received, total]));
      const loader: Loader = await guarded(`${entry.title} could not be loaded: `, () => fetchModel(entry, from, () => new Loader(), { signal, onProgress }));
      if (signal.aborted) {
        loader.free();
        throw cancelled();
      }
      const network: Network = await guarded(`${entry.title} is not a model this engine reads: `, () => loader.finish(), 'not-a-model');
      const net = ++count;
      sessions.set(net, await guarded(`${entry.title} could not be loaded: `, () => new Session(entry.id, network)));
      return { net, info: sessions.get(net)!.info };
    });
  }

  function look(call: number, net: number, picture: HandedPicture, crop: Crop | null): Promise<Looked> {
    return using(call, net, `“${picture.name}” could not be run: `, async (session, signal) => {
      const decoded = await pixels(picture, (file) => decoder.decode(file));
      signal.throwIfAborted();
      const key = isFrame(picture) ? null : `${picture.id} ${JSON.stringify(crop)}`;
      const looked = session.look({ picture: pictured(picture, decoded), decoded, crop }, key);
      return Comlink.transfer(looked, [looked.input.data.buffer]);
    });
  }

  function run(call: number, net: number, order: RunOrder): Promise<Ran> {
    return using(call, net, 'The picture could not be run: ', async (session, signal) => {
      await breath();
      signal.throwIfAborted();
      const ran = session.run(order);
      return Comlink.transfer(ran, [...buffersOf(ran.intact), ...buffersOf(ran.lesioned)]);
    });
  }

  /** For scripts, and for frames: beside what is looked at. */
  function classify(call: number, net: number, picture: HandedPicture, crop: Crop | null, order: RunOrder): Promise<Bare> {
    return using(call, net, `“${picture.name}” could not be run: `, async (session, signal) => {
      const decoded = await pixels(picture, decode);
      signal.throwIfAborted();
      const result = session.classify({ picture: pictured(picture, decoded), decoded, crop }, order, isFrame(picture));
      return Comlink.transfer(result, buffersOf(result));
    });
  }

  /** Beside what is looked at, too: several blocks whole, a run each. */
  function trace(call: number, net: number, picture: HandedPicture, crop: Crop | null, order: TraceOrder): Promise<Traced> {
    return using(call, net, `“${picture.name}” could not be run: `, async (session, signal) => {
      const decoded = await pixels(picture, decode);
      const pause = async () => {
        await breath();
        signal.throwIfAborted();
      };
      await pause();
      const traced = await session.blocks({ picture: pictured(picture, decoded), decoded, crop }, order, pause);
      return Comlink.transfer(traced, traced.details.flatMap(buffersOfDetail));
    });
  }

  function prepare(call: number, net: number): Promise<void> {
    return using(call, net, 'The run could not be remembered: ', (session) => session.remember());
  }

  function cut(call: number, net: number, block: number, look: number | null): Promise<{ look: number; damage: Damage }> {
    return using(call, net, 'The sweep stopped: ', (session) => session.cut(block, look));
  }

  function time(call: number, net: number): Promise<number[]> {
    return using(call, net, 'The blocks could not be timed: ', (session) => session.time());
  }

  async function free(net: number): Promise<void> {
    const session = sessions.get(net);
    sessions.delete(net);
    if (!dead) await session?.inOrder(null, () => session.free());
  }

  function using<R>(call: number, net: number, prefix: string, work: (session: Session, signal: AbortSignal) => R | Promise<R>): Promise<R> {
    return calls.during(call, (signal) =>
      guarded(prefix, () => {
        const session = sessions.get(net);
        if (!session) throw new EngineError('cancelled', 'The model was given back.');
        return session.inOrder(signal, () => work(session, signal));
      }),
    );
  }

  async function guarded<R>(prefix: string, work: () => R | Promise<R>, otherwise: ErrorKind = 'engine'): Promise<R> {
    if (dead) throw dead;
    try {
      return await work();
    } catch (error) {
      if (isTrap(error)) throw (dead = new EngineError('crashed', `${prefix}the engine stopped (${messageOf(error)}).`));
      if (error instanceof DOMException && error.name === 'AbortError') throw cancelled();
      throw asEngineError(error, prefix, otherwise);
    }
  }

  return { start, build, memory, load, look, run, classify, trace, prepare, cut, time, free };
}

/** Lets what is already queued be heard: that this was superseded. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

const isDecoded = (blob: HandedPicture['blob']): blob is Decoded => 'image' in blob;

/** Of the camera: it is not looked at again. */
const isFrame = ({ blob }: HandedPicture): boolean => !(blob instanceof Blob) && !isDecoded(blob);

async function pixels({ blob, ...named }: HandedPicture, decode: Decode): Promise<Decoded> {
  return isDecoded(blob) ? blob : decode({ ...named, blob });
}

function pictured({ id, name }: HandedPicture, { width, height }: { width: number; height: number }) {
  return { id, name, width, height };
}

function buffersOf(result: Bare | null): ArrayBuffer[] {
  if (!result) return [];
  const { detail, input } = result;
  const maps = result.means.flatMap(({ identity, residual, sum, output }) => [identity, residual, sum, output]);
  const arrays = maps.filter((array) => array !== null);
  const pictures = result.colours.flatMap(({ identity, residual, sum, output }) => [identity, residual, sum, output]).filter((picture) => picture !== null);
  return [
    input.data.buffer,
    ...pictures.map(({ data }) => data.buffer),
    ...arrays.map(({ buffer }) => buffer as ArrayBuffer),
    ...(detail ? buffersOfDetail(detail) : []),
  ];
}

function buffersOfDetail({ identity, residual, output, steps }: BlockDetail): ArrayBuffer[] {
  const tensors = [identity, residual, output, ...steps.map(({ tensor }) => tensor)].filter((tensor) => tensor !== null);
  return tensors.map(({ data }) => data.buffer as ArrayBuffer);
}

/** At most some 30 messages a second, and always the last one. */
function throttled(report: (received: number, total: number) => void) {
  let last = -Infinity;
  return (received: number, total: number) => {
    const now = performance.now();
    if (received < total && now - last < 33) return;
    last = now;
    report(received, total);
  };
}
