/** The filmstrip: which frames there are, how many stand side by side, and where keys lead. */
import type { Subject } from './words';

/** Small enough to see many, large enough for a finger and for 56 places across. */
export const FRAME = 44;
export const FRAME_GAP = 4;

/** The summaries first, then the channels in their order. */
export function framesOf(order: number[], colours: boolean): Subject[] {
  return [...(colours ? (['colours'] as const) : []), 'mean', ...order];
}

export interface FilmLayout {
  columns: number;
  /** A frame's side in CSS pixels. */
  side: number;
}

/** As many frames as stand in `width`, stretched to fill it. */
export function filmLayout(width: number, frames: number): FilmLayout {
  const columns = Math.max(1, Math.floor((width + FRAME_GAP) / (FRAME + FRAME_GAP)));
  const side = Math.max(1, Math.floor((width - (columns - 1) * FRAME_GAP) / columns));
  return { columns: Math.min(columns, frames), side };
}

/** The frame that a key leads to; null where the key means nothing here. */
export function step(key: string, index: number, count: number, columns: number): number | null {
  const to = { ArrowLeft: index - 1, ArrowRight: index + 1, PageUp: index - columns, PageDown: index + columns, Home: 0, End: count - 1 }[key];
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to));
}

/** "channels 1–18 of 256" of a page; the summaries are no channels. */
export function range(page: number, columns: number, frames: Subject[]): { first: number; last: number; count: number } {
  const lead = frames.filter((frame) => typeof frame !== 'number').length;
  const start = page * columns;
  return { first: Math.max(1, start - lead + 1), last: Math.min(frames.length, start + columns) - lead, count: frames.length - lead };
}
