/** Runs a benchmark from the page's thread: a fresh worker for every configuration, one call per round. */
import * as Comlink from 'comlink';
import type { EngineError } from '../engine/errors';
import { BUILT } from '../engine/assets';
import { usable } from '../engine/flavour';
import { Helpers } from '../engine/pool';
import type { Join } from '../engine/protocol';
import { startWorker } from '../engine/start-worker';
import { budget } from '../engine/thread-budget';
import { WorkerHandle } from '../engine/worker-handle';
import peakUrl from './peak.worker.ts?worker&url';
import { attempts, configurations, type Choice } from './plan';
import type { Source } from './source';
import sourceUrl from './source.ts?worker&url';
import { accepted, bestOf, rowsOf, type Measured } from './statistics';
import type { Setup } from './engines/engine';
import type { Configuration, Prepared, Report } from './types';
import type { Bench } from './worker';
import benchUrl from './worker.ts?worker&url';

export interface Progress {
  /** 0 to 1. */
  done: number;
  what: string;
}

/** Answers with what there is as soon as there is more of it. */
export async function run(choice: Choice, signal: AbortSignal, progress: (now: Progress, report: Report | null) => void): Promise<Report> {
  const plan = configurations(choice, await usable(), globalThis.crossOriginIsolated === true);
  if (plan.length === 0) throw new Error('Nothing to measure: no engine that was chosen can run like this.');
  const measured: Measured[] = [];
  const release = await budget.take(budget.cores, signal); // nothing else computes meanwhile
  try {
    for (const [index, configuration] of plan.entries()) {
      const { network, side, threads } = configuration;
      const name = `${network}, ${side} px, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
      await measure(configuration, choice, measured, signal, (share, what) => {
        progress({ done: (index + share) / plan.length, what: `${name}: ${what}` }, measured.length ? reportOf(measured, choice) : null);
      });
    }
  } finally {
    release();
  }
  return reportOf(measured, choice);
}

async function measure(
  configuration: Configuration,
  { rounds, layers = true }: Choice,
  measured: Measured[],
  signal: AbortSignal,
  progress: (share: number, what: string) => void,
): Promise<void> {
  const { network, side, contenders } = configuration;
  progress(0, 'making the weights');
  const setup = await within<Source, Setup>(signal, sourceUrl, 'benchmark weights', (remote) => remote.make(network, side));
  await within<Bench, void>(signal, benchUrl, 'benchmark', async (remote, lent) => {
    const buffers = [setup.chw, setup.hwc, ...setup.tensors.values()].map(({ buffer }) => buffer as ArrayBuffer);
    const most = Math.max(...contenders.map(({ threads }) => threads));
    const report = Comlink.proxy((what: string) => progress(0, what));
    const prepared: Prepared = await remote.prepare(
      Comlink.transfer(setup, buffers),
      contenders,
      report,
      Comlink.proxy(lent.threads),
      ports(lent.peaks(most - 1)),
    );
    const entry: Measured = { configuration, prepared, rounds: [], memory: contenders.map(() => 0), layers: [] };
    const best = () => bestOf([...measured, entry], configuration.threads);
    const good = () => accepted(entry.rounds, best()).length;
    for (let index = 0; index < attempts(rounds) && good() < rounds; index++) {
      progress((0.9 * Math.max(good(), index / 4)) / rounds, `round ${index + 1}, ${good()} of ${rounds} accepted`);
      entry.rounds.push(await remote.round(index, best()));
    }
    if (layers) {
      progress(0.95, 'layer by layer');
      entry.layers = (await remote.layers(best())).map((times) => ({ network, side, ...times }));
    }
    entry.memory = await remote.memory();
    measured.push(entry);
  });
  progress(1, 'done');
}

function reportOf(measured: Measured[], { rounds }: Choice): Report {
  const counts = [...new Set(measured.map(({ configuration }) => configuration.threads))].sort((a, b) => a - b);
  const peaks = counts.map((threads) => ({ threads, gmac_s: bestOf(measured, threads) }));
  return {
    peak_gmac_s: peaks[0]!.gmac_s,
    peaks,
    peak_instruction: measured[0]!.prepared.peak_instruction,
    browser: browserName(),
    cores: navigator.hardwareConcurrency,
    cross_origin_isolated: crossOriginIsolated,
    rounds,
    rows: measured.flatMap((one) => rowsOf(one, bestOf(measured, one.configuration.threads))),
    layers: measured.flatMap((one) => one.layers),
    measurements: measured.map(({ configuration: { network, side, contenders }, rounds: all }) => ({ network, side, contenders, rounds: all })),
  };
}

/** "Chrome 156", "Firefox 152", "Safari 20": what the user agent string ends with. */
function browserName(): string {
  const agent = navigator.userAgent;
  const found = agent.match(/(Edg|OPR|Firefox|(?:Headless)?Chrome)\/(\d+)/g)?.at(-1) ?? agent.match(/Version\/\d+/)?.[0]?.replace('Version', 'Safari');
  return (found ?? 'unknown').replace('/', ' ').replace('Edg ', 'Edge ').replace('OPR ', 'Opera ');
}

/** Workers beside the one that measures: started from the page, since a worker that starts workers may hang in Firefox. */
class Lent {
  readonly #fail: (error: EngineError) => void;
  readonly #threads: Helpers[] = [];
  readonly #peaks: Worker[] = [];

  constructor(fail: (error: EngineError) => void) {
    this.#fail = fail;
  }

  /** Of our own engine. */
  readonly threads = async (join: Join, count: number): Promise<void> => {
    const helpers = new Helpers(count, BUILT.helper);
    this.#threads.push(helpers);
    helpers.onLost(this.#fail);
    await helpers.join(join);
  };

  /** That measure the peak: where to ask them. */
  peaks(count: number): MessagePort[] {
    return Array.from({ length: count }, () => {
      const worker = startWorker(peakUrl, 'benchmark peak');
      const { port1, port2 } = new MessageChannel();
      worker.postMessage(port1, [port1]);
      this.#peaks.push(worker);
      return port2;
    });
  }

  end(): void {
    for (const helpers of this.#threads) helpers.end();
    for (const worker of this.#peaks) worker.terminate();
  }
}

const ports = (list: MessagePort[]): MessagePort[] => Comlink.transfer(list, list);

/** Uses a worker for one purpose and ends it: when done, when it fails, or when the benchmark is given up. */
async function within<T, R>(signal: AbortSignal, url: string, name: string, use: (remote: Comlink.Remote<T>, lent: Lent) => Promise<R>): Promise<R> {
  const worker = new WorkerHandle<T>(startWorker(url, name), 'The benchmark’s worker');
  const lent = new Lent((error) => worker.fail(error));
  try {
    return await worker.call((remote) => use(remote, lent), { signal });
  } finally {
    worker.end();
    lent.end();
  }
}
