/** The square that the network sees: geometry in pixels of the upright picture. */
import type { Crop } from '../engine';

export interface Size {
  width: number;
  height: number;
}

/** Fewer pixels than this show nothing that anyone would recognise. */
export const LEAST_SIDE = 16;

/** Zooming by one step of a key or a button. */
export const STEP = 1.1;

export function sides({ width, height }: Size): { least: number; most: number } {
  const most = Math.min(width, height);
  return { least: Math.min(LEAST_SIDE, most), most };
}

/** The nearest crop within the picture, in the tenths of a pixel that an address holds: a shared link shows the same. */
export function clamped({ left, top, side }: Crop, picture: Size): Crop {
  const { least, most } = sides(picture);
  const size = tenths(clamp(side, least, most));
  return { left: tenths(clamp(left, 0, picture.width - size)), top: tenths(clamp(top, 0, picture.height - size)), side: size };
}

export function moved(crop: Crop, right: number, down: number, picture: Size): Crop {
  return clamped({ ...crop, left: crop.left + right, top: crop.top + down }, picture);
}

/** Another side about the same centre, as far as the picture's edges allow. */
export function resized(crop: Crop, side: number, picture: Size): Crop {
  const { least, most } = sides(picture);
  const size = clamp(side, least, most);
  const shift = (crop.side - size) / 2;
  return clamped({ left: crop.left + shift, top: crop.top + shift, side: size }, picture);
}

/** `factor` above 1 shows less of the picture, larger. */
export function zoomed(crop: Crop, factor: number, picture: Size): Crop {
  return resized(crop, crop.side / factor, picture);
}

export function centredAt(crop: Crop, x: number, y: number, picture: Size): Crop {
  return clamped({ ...crop, left: x - crop.side / 2, top: y - crop.side / 2 }, picture);
}

/** Arrows move by a twentieth of the side, with `fine` by a pixel; + and − zoom. Null: not a key of ours. */
export function byKey(crop: Crop, key: string, fine: boolean, picture: Size): Crop | null {
  const step = fine ? 1 : Math.max(1, crop.side / 20);
  switch (key) {
    case 'ArrowLeft':
      return moved(crop, -step, 0, picture);
    case 'ArrowRight':
      return moved(crop, step, 0, picture);
    case 'ArrowUp':
      return moved(crop, 0, -step, picture);
    case 'ArrowDown':
      return moved(crop, 0, step, picture);
    case '+':
    case '=': // where + needs Shift
      return zoomed(crop, STEP, picture);
    case '-':
    case '−':
      return zoomed(crop, 1 / STEP, picture);
    default:
      return null;
  }
}

/** Place of a slider from 0, the largest square, to 1, the smallest; equal ways are equal factors. */
export function zoomOf({ side }: Crop, picture: Size): number {
  const { least, most } = sides(picture);
  return most > least ? clamp(Math.log(most / side) / Math.log(most / least), 0, 1) : 0;
}

export function sideAt(zoom: number, picture: Size): number {
  const { least, most } = sides(picture);
  return most * (least / most) ** zoom;
}

/** The crop's frame over the whole picture, in CSS. */
export function frameStyle({ left, top, side }: Crop, { width, height }: Size): string {
  const part = (value: number, of: number) => `${(100 * value) / of}%`;
  return `left: ${part(left, width)}; top: ${part(top, height)}; width: ${part(side, width)}; height: ${part(side, height)}`;
}

/** The whole picture under a square window that shows only the crop, in CSS. */
export function pictureStyle({ left, top, side }: Crop, { width, height }: Size): string {
  const part = (value: number) => `${(100 * value) / side}%`;
  return `left: ${part(-left)}; top: ${part(-top)}; width: ${part(width)}; height: ${part(height)}`;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(least, most));
}

function tenths(value: number): number {
  return Math.round(10 * value) / 10;
}
