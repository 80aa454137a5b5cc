/** Numbers as people read them. Signs are typographic, so that columns line up. */

export function plain(value: number, digits = significant(value)): string {
  return value.toFixed(digits).replace('-', '−');
}

/** With its sign: +0.41, −0.77. */
export function signed(value: number, digits = significant(value)): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : (value < 0 ? '−' : '+') + text;
}

/** Decimals that leave about three significant digits. */
export function significant(value: number): number {
  const size = Math.abs(value);
  if (size === 0 || size >= 100) return 0;
  if (size >= 10) return 1;
  return size >= 0.1 ? 2 : 3;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

export function bytes(count: number): string {
  return count < 1e6 ? `${Math.round(count / 1e3)} kB` : `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0)} MB`;
}

/** 0.27 M, 25.6 M, 4.1 G. */
export function compact(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)} G`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`;
  return count >= 1e3 ? `${Math.round(count / 1e3)} k` : String(count);
}

/** 25,557,032. */
export const thousands = (value: number): string => value.toLocaleString('en');

export function milliseconds(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(2)} s`;
}

export function shape([channels, height, width]: readonly [number, number, number]): string {
  return `${channels}\u00a0×\u00a0${height}\u00a0×\u00a0${width}`;
}

/** A picture's size, never broken over two lines. */
export function size(width: number, height: number): string {
  return `${width}\u00a0×\u00a0${height}`;
}

/** An exponent: ⁻⁷. */
export function superscript(exponent: number): string {
  return [...String(exponent)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '⁻').join('');
}
