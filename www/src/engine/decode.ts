/** A file of any kind the browser reads -> upright pixels on white. Runs in the worker. */
import { EngineError } from './errors';

/** Above this many pixels a picture is reduced before it is read out: 16 MP are 64 MB, and no network here sees more than 224 x 224. */
export const MAX_PIXELS = 16_000_000;

/** Longer sides are more than some browsers' canvases take. */
export const MAX_SIDE = 16_384;

export interface Decoded {
  image: ImageData;
  /** Size of the upright picture before any reduction. */
  width: number;
  height: number;
}

/** The size a picture is reduced to so that it stays within both limits, its shape kept. */
export function fitWithin(width: number, height: number): [width: number, height: number] {
  const factor = Math.min(1, Math.sqrt(MAX_PIXELS / (width * height)), MAX_SIDE / width, MAX_SIDE / height);
  return [Math.max(1, Math.floor(width * factor)), Math.max(1, Math.floor(height * factor))];
}

/** A frame of a video comes decoded, and is used up. */
export async function decode(source: Blob | ImageBitmap, name: string): Promise<Decoded> {
  let bitmap: ImageBitmap;
  try {
    bitmap = source instanceof Blob ? await createImageBitmap(source, { imageOrientation: 'from-image' }) : source; // honours EXIF
  } catch {
    throw new EngineError('not-a-picture', `“${name}” is not a picture this browser can read.`);
  }
  const { width, height } = bitmap;
  const [w, h] = fitWithin(width, height);
  if (w !== width || h !== height) {
    const small = await createImageBitmap(bitmap, { resizeWidth: w, resizeHeight: h, resizeQuality: 'high' });
    bitmap.close();
    bitmap = small;
  }
  const context = new OffscreenCanvas(w, h).getContext('2d', { willReadFrequently: true });
  if (!context) throw new EngineError('engine', `The browser gave no memory to read “${name}” (${width} × ${height} pixels).`);
  context.fillStyle = '#fff'; // what is transparent becomes white
  context.fillRect(0, 0, w, h);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { image: context.getImageData(0, 0, w, h), width, height };
}
