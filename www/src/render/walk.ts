/** Where keys lead among things that stand side by side. */

/** In a line, from the first to the last; null: the key is not ours. */
export function walked(index: number, key: string, count: number): number | null {
  const to = { ArrowLeft: index - 1, ArrowDown: index - 1, ArrowRight: index + 1, ArrowUp: index + 1, Home: 0, End: count - 1 }[key];
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to));
}

/** In a line that is broken into rows: up and down lead to the same place of another row. */
export function walkedInRows(index: number, key: string, count: number, rows: { from: number; to: number }[]): number | null {
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return walked(index, key, count);
  const row = rows.findIndex(({ from, to }) => from <= index && index < to);
  const target = rows[row + (key === 'ArrowDown' ? 1 : -1)];
  return target ? Math.min(target.to - 1, count - 1, target.from + index - rows[row]!.from) : index;
}
