/** A file of any kind the browser reads -> upright pixels on white. Runs in the worker. */
import { EngineError } from './errors';
import type { Picture } from './types';

/** Above this many pixels a picture is reduced before it is read out: 16 MP are 64 MB, and no network here sees more than 512 x 512. */
export const MAX_PIXELS = 16_000_000;

/** Longer sides are more than some browsers' canvases take. */
export const MAX_SIDE = 16_384;

/** EXIF is heeded. Colour profiles and gamma are not: networks are trained on the values as they are stored, and the command line reads those too. */
const AS_STORED: ImageBitmapOptions = { imageOrientation: 'from-image', colorSpaceConversion: 'none' };

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

/** What reads pictures: a browser does it, Node needs a decoder. */
export type Decode = (picture: Picture) => Promise<Decoded>;

/** A frame of a video comes decoded, and is used up. */
export async function decode({ blob, name }: Picture): Promise<Decoded> {
  let bitmap: ImageBitmap;
  try {
    bitmap = blob instanceof Blob ? await createImageBitmap(blob, AS_STORED) : blob;
  } catch {
    throw new EngineError('not-a-picture', `“${name}” is not a picture this browser can read.`);
  }
  const held = [bitmap];
  try {
    const { width, height } = bitmap;
    const [w, h] = fitWithin(width, height);
    if (w !== width || h !== height) {
      bitmap = await createImageBitmap(bitmap, { resizeWidth: w, resizeHeight: h, resizeQuality: 'high' });
      held.push(bitmap);
    }
    return { image: read(bitmap), width, height };
  } catch {
    throw new EngineError('engine', `The browser gave no memory to read “${name}” (${held[0]!.width} × ${held[0]!.height} pixels).`);
  } finally {
    for (const each of held) each.close(); // decoded pixels: nobody wants to wait for the garbage collector
  }
}

function read(bitmap: ImageBitmap): ImageData {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no context');
  context.fillStyle = '#fff'; // what is transparent becomes white
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height);
}

/** The last file stays decoded: another crop or another model looks at it again. */
export class Decoder {
  #last: { id: number; decoded: Promise<Decoded> } | null = null;

  constructor(private readonly read: Decode = decode) {}

  decode(picture: Picture): Promise<Decoded> {
    if (!(picture.blob instanceof Blob)) return this.read(picture);
    if (this.#last?.id === picture.id) return this.#last.decoded;
    const mine = (this.#last = { id: picture.id, decoded: this.read(picture) });
    mine.decoded.catch(() => {
      if (this.#last === mine) this.#last = null; // the next try may go better
    });
    return mine.decoded;
  }
}
