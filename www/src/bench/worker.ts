/** The benchmark's worker: all contenders of one configuration, side by side. A new one is started for each configuration. */
import * as Comlink from 'comlink';
import * as candle from './engines/candle';
import type { Library, Loaded, Setup } from './engines/engine';
import * as onnxruntime from './engines/onnxruntime';
import * as skipscope from './engines/skipscope';
import * as tfjs from './engines/tfjs';
import { watchMemory } from './memory';
import { startPeaks } from './peak';
import { ACCEPTED, logitDifference, median } from './statistics';
import type { Contender, Entry, LayerTimes, Prepared, Round } from './types';

/** Logits of two engines may differ by this share of their standard deviation. */
const TOLERANCE = 1e-3;
const PEAK_MS = 6;
/** How often a turn waits for the peak, and how often it is tried. */
const WAITS = 10;
const TRIES = 3;
/** A contender's turn in a round: as many inferences as fit, at least one. Their median counts. */
const TURN_MS = 60;

let setup: Setup;
let peak: Awaited<ReturnType<typeof startPeaks>>;
const running: (Contender & { loaded: Loaded; bytes: () => number })[] = [];

/** `peakHelpers`: ports of workers that measure the peak beside this one. The page starts them, and the threads of our own engine. */
async function prepare(
  made: Setup,
  contenders: Contender[],
  report: (what: string) => void,
  startHelpers: skipscope.StartHelpers,
  peakHelpers: MessagePort[],
): Promise<Prepared> {
  setup = made;
  const entries: Entry[] = [];
  let expected: Float32Array | undefined;
  for (const contender of contenders) {
    report(`loading ${contender.engine}`);
    const { value, bytes } = await watchMemory(async () => {
      const library = await clock(() => start(contender, startHelpers));
      const loaded = await clock(() => library.value.load(setup));
      return { library, loaded, first: await clock(() => loaded.value.run()) };
    });
    const { library, loaded, first } = value;
    expected ??= first.value;
    const logit_difference = logitDifference(first.value, expected);
    if (!(logit_difference < TOLERANCE)) {
      throw new Error(`${contender.engine} disagrees: its logits are off by ${logit_difference} standard deviations`);
    }
    const { version, threads: ran_threads } = library.value;
    running.push({ ...contender, loaded: loaded.value, bytes: library.value.bytes ?? bytes });
    const [start_ms, load_ms, first_ms] = [library, loaded, first].map(({ milliseconds }) => milliseconds) as [number, number, number];
    entries.push({ ...contender, ran_threads, version, start_ms, load_ms, first_ms, logit_difference });
  }
  // The first contender was compared with itself: it is as far off as the others are from it.
  entries[0]!.logit_difference = Math.max(...entries.map((entry) => entry.logit_difference));

  report('warming up');
  peak = await startPeaks(peakHelpers);
  for (const { loaded } of running) {
    // Optimised code arrives in the background: give it the time.
    for (let i = 0; i < 2; i++) {
      await loaded.run();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return { macs: setup.description.macs, peak_instruction: peak.instruction, entries };
}

function start({ engine, flavour, threads }: Contender, startHelpers: skipscope.StartHelpers): Promise<Library> {
  switch (engine) {
    case 'skipscope':
      return skipscope.start(flavour, threads, startHelpers);
    case 'onnxruntime-web':
      return onnxruntime.start(threads);
    case 'tfjs-wasm':
      return tfjs.start(threads);
    case 'candle':
      return candle.start();
  }
}

/**
 * One round, begun with another contender every time. `best`: the best peak that was seen before. A turn waits for a quiet
 * moment and is repeated when it was disturbed; but a round that is lost is only finished.
 */
async function round(index: number, best: number): Promise<Round> {
  const result: Round = { peaks: new Array<[number, number]>(running.length), times: new Array<number>(running.length), repeated: 0 };
  let lost = false;
  for (let i = 0; i < running.length; i++) {
    const turn = (index + i) % running.length;
    for (let tries = 1; ; tries++) {
      let before = await peak.measure(PEAK_MS);
      for (let waits = 0; waits < WAITS && !lost && before < ACCEPTED * best; waits++) before = await peak.measure(PEAK_MS);
      const time = await inferences(running[turn]!.loaded);
      const after = await peak.measure(PEAK_MS);
      best = Math.max(best, before, after);
      const disturbed = Math.min(before, after) < ACCEPTED * best;
      if (disturbed && !lost && tries < TRIES) {
        result.repeated++;
        continue;
      }
      lost ||= disturbed;
      result.times[turn] = time;
      result.peaks[turn] = [before, after];
      break;
    }
  }
  return result;
}

async function inferences(loaded: Loaded): Promise<number> {
  const times: number[] = [];
  const began = performance.now();
  do {
    times.push((await clock(() => loaded.run())).milliseconds);
  } while (performance.now() - began + times.at(-1)! < TURN_MS);
  return median(times);
}

/** Of our own engine, in every flavour. `best`: the best peak that was seen. */
async function layers(best: number): Promise<LayerTimes[]> {
  const all: LayerTimes[] = [];
  for (const { engine, flavour, threads, loaded } of running) {
    if (engine !== 'skipscope') continue;
    all.push({ flavour, threads, ...(await skipscope.timeLayers(loaded as skipscope.Own, setup, () => peak.measure(PEAK_MS), best)) });
  }
  return all;
}

function memory(): number[] {
  return running.map(({ bytes }) => bytes());
}

async function clock<T>(work: () => T | Promise<T>): Promise<{ value: T; milliseconds: number }> {
  const began = performance.now();
  const value = await work();
  return { value, milliseconds: performance.now() - began };
}

const bench = { prepare, round, layers, memory };
export type Bench = typeof bench;
Comlink.expose(bench);
