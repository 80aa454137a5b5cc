/** Counts of values in equal bins, with zero on an edge: no bin mixes what ReLU keeps with what it clips. */
export interface Histogram {
  /** Edges, one more than counts, each a whole multiple of `step`. */
  edges: number[];
  counts: number[];
  step: number;
  total: number;
  below: number;
}

/** Edges for about `bins` bins over all the values together, so that several histograms can share them. */
export function edgesFor(arrays: ArrayLike<number>[], bins: number): { first: number; count: number; step: number } {
  let min = 0;
  let max = 0;
  for (const values of arrays) {
    for (let i = 0; i < values.length; i++) {
      if (values[i]! < min) min = values[i]!;
      if (values[i]! > max) max = values[i]!;
    }
  }
  if (max === min) return { first: -1, count: 2, step: 1 };
  const step = (max - min) / bins;
  const first = Math.floor(min / step);
  // A value on the last edge falls into the last bin.
  return { first, count: Math.ceil(max / step) - first, step };
}

export function histogram(values: ArrayLike<number>, { first, count, step }: { first: number; count: number; step: number }): Histogram {
  const counts = new Array<number>(count).fill(0);
  let below = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < 0) below++;
    // A tiny negative number divided may come to −0, which would count as not clipped.
    const bin = value < 0 ? Math.min(-1, Math.floor(value / step)) : Math.floor(value / step);
    counts[Math.max(0, Math.min(count - 1, bin - first))]!++;
  }
  const edges = Array.from({ length: count + 1 }, (_, i) => (first + i) * step);
  return { edges, counts, step, total: values.length, below };
}
