/** Runs a benchmark from the page's thread: a fresh worker for every configuration, one call per round. */
import * as Comlink from 'comlink';
import { attempts, configurations, type Choice } from './plan';
import type { Source } from './source';
import { accepted, bestOf, rowsOf, type Measured } from './statistics';
import type { Configuration, Prepared, Report } from './types';
import type { Bench } from './worker';

export interface Progress {
  /** 0 to 1. */
  done: number;
  what: string;
}

/** Answers with what there is as soon as there is more of it. */
export async function run(choice: Choice, signal: AbortSignal, progress: (now: Progress, report: Report | null) => void): Promise<Report> {
  const flavours = await within(signal, source(), (remote) => remote.usable());
  const plan = configurations(choice, flavours);
  if (plan.length === 0) throw new Error('Nothing to measure: no engine that was chosen can run like this.');
  const measured: Measured[] = [];
  for (const [index, configuration] of plan.entries()) {
    const { network, side, threads } = configuration;
    const name = `${network}, ${side} px, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    await measure(configuration, choice.rounds, measured, signal, (share, what) => {
      progress({ done: (index + share) / plan.length, what: `${name}: ${what}` }, measured.length ? reportOf(measured, choice) : null);
    });
  }
  return reportOf(measured, choice);
}

async function measure(
  configuration: Configuration,
  rounds: number,
  measured: Measured[],
  signal: AbortSignal,
  progress: (share: number, what: string) => void,
): Promise<void> {
  const { network, side, contenders } = configuration;
  progress(0, 'making the weights');
  const setup = await within(signal, source(), (remote) => remote.make(network, side));
  await within(signal, bench(), async (remote) => {
    const buffers = [setup.chw, setup.hwc, ...setup.tensors.values()].map(({ buffer }) => buffer as ArrayBuffer);
    const report = Comlink.proxy((what: string) => progress(0, what));
    const prepared: Prepared = await remote.prepare(Comlink.transfer(setup, buffers), contenders, report);
    const entry: Measured = { configuration, prepared, rounds: [], memory: contenders.map(() => 0), layers: [] };
    const best = () => bestOf([...measured, entry], configuration.threads);
    const good = () => accepted(entry.rounds, best()).length;
    for (let index = 0; index < attempts(rounds) && good() < rounds; index++) {
      progress((0.9 * Math.max(good(), index / 4)) / rounds, `round ${index + 1}, ${good()} of ${rounds} accepted`);
      entry.rounds.push(await remote.round(index, best()));
    }
    progress(0.95, 'layer by layer');
    entry.layers = (await remote.layers(best())).map((times) => ({ network, side, ...times }));
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

const source = () => new Worker(new URL('./source.ts', import.meta.url), { type: 'module', name: 'benchmark weights' }) as WorkerOf<Source>;
const bench = () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'benchmark' }) as WorkerOf<Bench>;

type WorkerOf<T> = Worker & { readonly exposes?: T };

/** Uses a worker for one purpose and ends it: when done, when it fails, or when the benchmark is given up. */
async function within<T, R>(signal: AbortSignal, worker: WorkerOf<T>, use: (remote: Comlink.Remote<T>) => Promise<R>): Promise<R> {
  const ended = new Promise<never>((_, reject) => {
    const give = () => reject(signal.reason);
    if (signal.aborted) give();
    signal.addEventListener('abort', give, { once: true });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      reject(new Error(`The benchmark’s worker failed${event.message ? `: ${event.message}` : '.'}`));
    });
  });
  ended.catch(() => {});
  try {
    return await Promise.race([use(Comlink.wrap<T>(worker)), ended]);
  } finally {
    worker.terminate();
  }
}
