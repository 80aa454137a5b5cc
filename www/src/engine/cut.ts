/** What of a picture a crop needs: so much is copied into the engine's memory, which never shrinks, and not 64 MB at every step. */
import type { Crop } from './types';

export interface Part {
  image: ImageData;
  /** In pixels of the part. */
  crop: Crop;
  /** Where the part lies in the picture. */
  left: number;
  top: number;
}

/**
 * The pixels that make up a crop resized to `side`. Nothing is scaled or rounded here: the part is cut along whole pixels, with
 * all that the resize (src/image.rs: bilinear, antialiased) reads around the crop. Its triangles reach one pixel of the result, or of
 * the picture where that is more, beyond the centre of the outermost ones; so the weights, and the result, are to the bit those
 * of the whole picture. A crop that does not lie within the picture gets all of it: moving it there is the engine's business.
 */
export function cutOut(image: ImageData, crop: Crop, side: number): Part {
  const { width, height } = image;
  const whole = { image, crop, left: 0, top: 0 };
  if (!(crop.side >= 1 && side >= 1)) return whole;
  const margin = Math.ceil(Math.max(1, crop.side / side)) + 1;
  const span = (from: number, length: number): [from: number, to: number] | null =>
    from >= 0 && from + crop.side <= length ? [Math.max(0, Math.floor(from) - margin), Math.min(length, Math.ceil(from + crop.side) + margin)] : null;
  const [across, down] = [span(crop.left, width), span(crop.top, height)];
  if (!across || !down) return whole;
  const [left, right] = across;
  const [top, bottom] = down;
  if (right - left === width && bottom - top === height) return whole;
  const part = new ImageData(right - left, bottom - top);
  for (let y = top; y < bottom; y++) part.data.set(image.data.subarray(4 * (y * width + left), 4 * (y * width + right)), 4 * (y - top) * part.width);
  return { image: part, crop: { left: crop.left - left, top: crop.top - top, side: crop.side }, left, top };
}
