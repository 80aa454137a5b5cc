/** Frames per second over the last times, in milliseconds, at which one was shown; null while there are too few. */
export function framesPerSecond(times: readonly number[]): number | null {
  const [first, last] = [times[0], times.at(-1)];
  return times.length < 3 || first === undefined || last === undefined || last <= first ? null : (1000 * (times.length - 1)) / (last - first);
}

/** The times that still count: those of the last two seconds, and never fewer than three, so that a slow network has a rate too. */
export function recent(times: readonly number[], now: number): number[] {
  const from = times.findIndex((time) => time >= now - 2000);
  return times.slice(from < 0 ? -3 : Math.min(from, Math.max(0, times.length - 3)));
}
