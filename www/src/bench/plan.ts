/** What is to be run, from what a person chose. */
import { isThreaded } from '../engine/flavour';
import { ENGINES, type Configuration, type Contender, type EngineName } from './types';

export const NETWORKS = ['resnet18', 'resnet34', 'resnet50', 'resnet101', 'resnet152'] as const;
export const SIDES = [128, 160, 192, 224, 288, 352, 448] as const;

export interface Choice {
  networks: string[];
  sides: number[];
  engines: EngineName[];
  /** Of our own engine; the best that this browser runs where none is named. */
  flavours: string[];
  threads: number[];
  /** Accepted rounds wanted of each configuration. */
  rounds: number;
  /** Whether our own engine is timed layer by layer, too: unless it says no. */
  layers?: boolean;
}

export const DEFAULT: Choice = { networks: ['resnet18', 'resnet50'], sides: [224], engines: [...ENGINES], flavours: [], threads: [1], rounds: 10 };

/** A disturbed machine does not hold a configuration up for ever. */
export const attempts = (rounds: number): number => 4 * rounds;

/** `flavours`: those of our engine that can run here. Without an isolated page every engine runs on one thread, whatever it is told. */
export function configurations(choice: Choice, flavours: string[], isolated: boolean): Configuration[] {
  const list: Configuration[] = [];
  const counts = new Set(choice.threads.map((count) => (isolated ? count : 1)));
  for (const threads of counts) {
    const contenders = contendersOf(choice, flavours, threads);
    if (contenders.length === 0) continue;
    for (const network of choice.networks) for (const side of choice.sides) list.push({ network, side, threads, contenders });
  }
  return list;
}

function contendersOf({ engines, flavours: wanted, threads: counts }: Choice, flavours: string[], threads: number): Contender[] {
  // Unless told otherwise: what the page itself would take, with threads and without.
  const usual = [flavours.find((flavour) => !isThreaded(flavour)), counts.some((count) => count > 1) ? flavours.find(isThreaded) : undefined];
  const own = flavours
    .filter((flavour) => (wanted.length ? wanted : usual).includes(flavour) && (threads === 1 || isThreaded(flavour)))
    .map((flavour) => ({ engine: 'skipscope' as const, flavour, threads }));
  return ENGINES.filter((engine) => engines.includes(engine)).flatMap((engine): Contender[] => {
    if (engine === 'skipscope') return own;
    if (engine === 'candle' && threads > 1) return []; // its wasm has no threads
    return [{ engine, flavour: 'simd128', threads }];
  });
}

/** 1, 2, 4, ... and all cores. Shared memory, hence threads, needs an isolated page. */
export function threadCounts(cores: number, isolated: boolean): number[] {
  const counts = [1];
  for (let n = 2; isolated && n < cores; n *= 2) counts.push(n);
  return isolated && cores > 1 ? [...counts, cores] : counts;
}
