/** In the place of src/engine/handed.ts: bytes and pixels in the place of blobs. */
import { Decoder } from '../../src/engine/decode';
import type { HandedFile, HandedPicture } from '../../src/engine/handed';
import type { Picture } from '../../src/engine/types';

const decoder = new Decoder();

export const handed = async (file: Blob): Promise<HandedFile> => new Uint8Array(await file.arrayBuffer());

export const handedPicture = async (picture: Picture): Promise<HandedPicture> => ({ ...picture, blob: await decoder.decode(picture) });
