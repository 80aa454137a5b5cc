/** From rounds to numbers. */
import type { Configuration, Prepared, Report, Round, Row } from './types';

/** A round counts when the machine was never slower in it than this share of the best that was seen. */
export const ACCEPTED = 0.95;

export function median(values: number[]): number {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The mean of the middle half: no outlier counts, and a clock that rounds does not show as it does in a median. */
export function middleMean(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const quarter = Math.floor(sorted.length / 4);
  const middle = sorted.slice(quarter, sorted.length - quarter);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** The peak that a round is judged by: the lowest measured in it. */
export const peakOf = (round: Round): number => Math.min(...round.peaks.flat());

export const bestPeak = (rounds: Round[]): number => Math.max(0, ...rounds.flatMap((round) => round.peaks.flat()));

export function accepted(rounds: Round[], best: number): Round[] {
  return rounds.filter((round) => peakOf(round) >= ACCEPTED * best);
}

/** Everything that one configuration produced. */
export interface Measured {
  configuration: Configuration;
  prepared: Prepared;
  rounds: Round[];
  /** WebAssembly memory of each contender. */
  memory: number[];
  layers: Report['layers'];
}

/** The best peak of everything that ran with that many threads: rounds are judged by it. */
export function bestOf(measured: Measured[], threads: number): number {
  return bestPeak(measured.filter(({ configuration }) => configuration.threads === threads).flatMap(({ rounds }) => rounds));
}

/** One row per contender. */
export function rowsOf({ configuration, prepared, rounds, memory }: Measured, best: number): Row[] {
  const good = accepted(rounds, best);
  const used = good.length ? good : rounds;
  const baseline = prepared.entries.findIndex(({ engine }) => engine === 'onnxruntime-web');
  return prepared.entries.map((entry, index) => {
    const times = used.map((round) => round.times[index]!);
    // Milliseconds x GMAC/s is 1e6 multiply-accumulates.
    const normalised = used.map(({ times: all, peaks }) => (all[index]! * ((peaks[index]![0] + peaks[index]![1]) / 2) * 1e6) / prepared.macs);
    const ratios = baseline < 0 ? [] : used.map((round) => round.times[index]! / round.times[baseline]!);
    return {
      ...entry,
      network: configuration.network,
      side: configuration.side,
      macs: prepared.macs,
      median_ms: median(times),
      best_ms: Math.min(...times),
      accepted_rounds: good.length,
      discarded_rounds: rounds.length - good.length,
      repeated_turns: rounds.reduce((sum, { repeated }) => sum + repeated, 0),
      disturbed: good.length === 0,
      time_x_peak_per_mac: median(normalised),
      ratio_to_onnxruntime: ratios.length ? median(ratios) : null,
      memory_bytes: memory[index]!,
    };
  });
}

/** The largest difference relative to the standard deviation of what was expected; infinite where there is no number. */
export function logitDifference(logits: Float32Array, expected: Float32Array): number {
  if (logits.length !== expected.length) return Infinity;
  const mean = expected.reduce((sum, value) => sum + value, 0) / expected.length;
  const deviation = Math.sqrt(expected.reduce((sum, value) => sum + (value - mean) ** 2, 0) / expected.length);
  let worst = 0;
  for (const [i, value] of expected.entries()) {
    const difference = Math.abs(logits[i]! - value) / deviation;
    if (!(difference <= worst)) worst = Number.isNaN(difference) ? Infinity : difference;
  }
  return worst;
}
