/** In the place of src/engine/handed.ts: bytes and pixels in the place of blobs. */
import { Decoder } from '../../src/engine/decode';
import type { HandedFile, HandedPicture } from '../../src/engine/handed';
import type { Picture } from '../../src/engine/types';

const decoder = new Decoder();

export const handed = async <T = never>(from: T | Blob): Promise<T | HandedFile> => (from instanceof Blob ? new Uint8Array(await from.arrayBuffer()) : from);

export const handedPicture = async (picture: Picture): Promise<HandedPicture> => ({ ...picture, blob: await decoder.decode(picture) });
