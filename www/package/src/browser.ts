/** What the package needs of a browser. */
import { BUILT } from '../../src/engine/assets';
import { EngineError } from '../../src/engine/errors';
import type { Picture as Given } from '../../src/engine/types';
import type { BrowserPicture, Picture, Pixels } from './api';
import { pictureOf, type Home } from './home';
import { fetched } from './source';

export const browser: Home = {
  assets: BUILT,
  models: { resnet20: new URL('./resnet20.gguf', import.meta.url).href },
  fetch: (url, init) => fetch(url, init),
  resolve: (source) => new URL(source, document.baseURI).href,
  picture,
};

async function picture(given: Picture, signal?: AbortSignal): Promise<Given> {
  if (given instanceof Blob) return pictureOf(given, (given as { name?: string }).name ?? 'the picture');
  if (given instanceof ArrayBuffer || given instanceof Uint8Array) return pictureOf(new Blob([given as BlobPart]), 'the picture');
  if (typeof given === 'string' || given instanceof URL) {
    const name = String(given).startsWith('data:') ? 'the picture' : (String(given).split(/[?#]/)[0]!.split('/').at(-1) ?? 'the picture');
    return pictureOf(await fetched(browser.resolve(String(given)), name, browser, { signal }), name);
  }
  try {
    // Whoever gave it keeps it: the engine uses a bitmap of its own up.
    return pictureOf(await createImageBitmap(isPixels(given) ? imageDataOf(given) : await ready(given), { colorSpaceConversion: 'none' }), 'the picture');
  } catch (error) {
    throw new EngineError('not-a-picture', `This is not a picture that can be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function ready(source: BrowserPicture): Promise<ImageBitmapSource> {
  if (source instanceof HTMLImageElement) await source.decode();
  return source;
}

const isPixels = (given: object): given is Pixels => 'data' in given && 'width' in given && !(given instanceof HTMLElement);

function imageDataOf({ data, width, height }: Pixels): ImageData {
  return data instanceof Uint8ClampedArray && data.buffer instanceof ArrayBuffer
    ? new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height)
    : new ImageData(Uint8ClampedArray.from(data), width, height);
}
