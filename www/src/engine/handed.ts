/**
 * What a worker is given of a file: the file. In the build of one file (single/) another module takes this one's place, since a worker
 * of a file:// page reads no blobs in WebKit.
 */
import type { Decoded } from './decode';
import type { Picture } from './types';

/** A model's file, or its bytes. */
export type HandedFile = Blob | Uint8Array<ArrayBuffer>;

/** A picture, or its pixels. */
export interface HandedPicture extends Omit<Picture, 'blob'> {
  blob: Picture['blob'] | Decoded;
}

/** A file; whatever else there is in its place, an address say, stays what it is. */
export const handed = <T = never>(from: T | Blob): T | HandedFile | Promise<HandedFile> => from;

export const handedPicture = (picture: Picture & { blob: Blob }): HandedPicture | Promise<HandedPicture> => picture;
