/** What a split gradient comes to. */
import type { Paths } from '../../../lab';
import type { Curve } from '../../../render/charts/curves';

/** A part that has at least this share of the gradient's length counts. */
const COUNTS = 0.1;

export interface Findings {
  /** Residual blocks. */
  blocks: number;
  /** Residual branches that the largest part passes, and its length relative to the whole gradient's. */
  peak: number;
  largest: number;
  /** The first and the last that count. */
  from: number;
  to: number;
  /** Branches that most paths pass. */
  usual: number;
  /** Of all paths those that pass no more branches than the last part that counts. */
  upTo: number;
  error: number;
}

const relative = ({ byLength, whole }: Paths): number[] => byLength.map((length) => (whole > 0 ? length / whole : 0));
const largestOf = (values: number[]) => values.reduce((best, value, index) => (value > values[best]! ? index : best), 0);

export function findings(paths: Paths): Findings {
  const parts = relative(paths);
  const peak = largestOf(parts);
  const from = parts.findIndex((part) => part >= COUNTS);
  const to = parts.findLastIndex((part) => part >= COUNTS);
  const last = to < 0 ? peak : to;
  return {
    blocks: parts.length - 1,
    peak,
    largest: parts[peak]!,
    from: from < 0 ? peak : from,
    to: last,
    usual: largestOf(paths.share),
    upTo: paths.share.slice(0, last + 1).reduce((sum, share) => sum + share, 0),
    error: paths.error,
  };
}

export function curves(paths: Paths): Curve[] {
  const points = (values: number[]) => values.map((y, x) => ({ x, y }));
  return [
    { name: 'gradient', label: 'gradient', colour: 'var(--res)', points: points(relative(paths)) },
    { name: 'number of paths', label: 'paths', colour: 'var(--mute)', dashed: true, points: points(paths.share) },
  ];
}
