/** What the package needs of Node. */
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { BUILT } from '../../src/engine/assets';
import type { Decoded } from '../../src/engine/decode';
import { EngineError, messageOf } from '../../src/engine/errors';
import { createHost } from '../../src/engine/host';
import { LocalHandle } from '../../src/engine/local-handle';
import type { Picture as Given } from '../../src/engine/types';
import { decode as decodeFile, initSync } from '../pkg/picture/picture';
import type { Picture, Pixels } from './api';
import { pictureOf, type Home } from './home';
import { ImageData } from './image-data';
import { fetched } from './source';

/** `fetch` of Node reads no files. */
async function fetchOrRead(url: string, { signal }: { signal?: AbortSignal }): Promise<Response> {
  if (!url.startsWith('file:')) return fetch(url, { signal });
  try {
    const bytes = await readFile(new URL(url), { signal });
    return new Response(bytes, { headers: { 'content-length': String(bytes.length) } });
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') throw new EngineError('not-found', `There is no file ${new URL(url).pathname}.`);
    throw error;
  }
}

export const node: Home = {
  assets: BUILT,
  models: { resnet20: new URL('./resnet20.gguf', import.meta.url).href },
  here: () =>
    new LocalHandle((calls) => {
      const host = createHost(calls, decode);
      const start: typeof host.start = async (flavour, from, threads) =>
        host.start(flavour, typeof from === 'string' ? new Uint8Array(await (await fetchOrRead(from, {})).arrayBuffer()) : from, threads);
      return { ...host, start };
    }),
  fetch: fetchOrRead,
  resolve: (source) => (/^[a-z][a-z+.-]+:/i.test(source) ? source : pathToFileURL(source).href),
  picture,
};

/** Pixels on their way to `decode`, which would otherwise be a file. */
class Raw extends Blob {
  constructor(readonly pixels: Pixels) {
    super();
  }
}

async function picture(given: Picture, signal?: AbortSignal): Promise<Given> {
  if (given instanceof Blob) return pictureOf(given, (given as { name?: string }).name ?? 'the picture');
  if (given instanceof ArrayBuffer || given instanceof Uint8Array) return pictureOf(new Blob([given as BlobPart]), 'the picture');
  if (typeof given === 'string' || given instanceof URL) {
    const url = node.resolve(String(given));
    const name = url.startsWith('data:') ? 'the picture' : decodeURIComponent(url.split(/[?#]/)[0]!.split('/').at(-1)!);
    return pictureOf(await fetched(url, name, node, { signal }), name);
  }
  const { data, width, height } = given as Pixels;
  if (!(width > 0 && height > 0) || data?.length !== 4 * width * height) {
    throw new EngineError('not-a-picture', 'A picture is a file, or { data, width, height } with four bytes a pixel.');
  }
  return pictureOf(new Raw({ data, width, height }), 'the picture');
}

let ready: Promise<unknown> | null = null;

async function decode({ blob, name }: Given): Promise<Decoded> {
  if (blob instanceof Raw) {
    const { data, width, height } = blob.pixels;
    return { image: new ImageData(onWhite(data), width, height), width, height };
  }
  const bytes = new Uint8Array(await (blob as Blob).arrayBuffer());
  await (ready ??= readFile(new URL('./picture.wasm', import.meta.url)).then((binary) => initSync({ module: binary })));
  try {
    const pixels = decodeFile(bytes);
    const { data, width, height } = pixels;
    pixels.free();
    return { image: new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height), width, height };
  } catch (error) {
    throw new EngineError('not-a-picture', `“${name}” could not be read as a picture: ${messageOf(error)}.`);
  }
}

/** What is transparent becomes white. */
function onWhite(data: Pixels['data']): Uint8ClampedArray<ArrayBuffer> {
  const opaque = Uint8ClampedArray.from(data);
  for (let at = 0; at < opaque.length; at += 4) {
    const alpha = opaque[at + 3]!;
    if (alpha === 255) continue;
    for (let channel = at; channel < at + 3; channel++) opaque[channel] = 255 + ((opaque[channel]! - 255) * alpha) / 255;
    opaque[at + 3] = 255;
  }
  return opaque;
}
