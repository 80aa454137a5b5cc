/** What a block looks like on the map: small pictures of its branches, and how SVG takes them in. */
import type { RunResult } from '../../engine';

export interface BlockPictures {
  /** As it reaches the sum; null in a plain net. */
  identity: ImageData | null;
  residual: ImageData;
  output: ImageData;
}

/** By block, counted from the first; null where there is none yet. */
export type MapPictures = (block: number) => BlockPictures | null;

/** All channels of a block's branches as colours. */
export const colourPictures =
  ({ colours }: RunResult): MapPictures =>
  (block) =>
    colours[block] ?? null;

const addresses = new WeakMap<ImageData, string>();
let sheet: CanvasRenderingContext2D | null = null;

/** As an address that an SVG image takes, here and in an exported figure. */
export function addressOf(picture: ImageData): string {
  let address = addresses.get(picture);
  if (address === undefined) {
    sheet ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    [sheet.canvas.width, sheet.canvas.height] = [picture.width, picture.height];
    sheet.putImageData(picture, 0, 0);
    addresses.set(picture, (address = sheet.canvas.toDataURL()));
  }
  return address;
}
