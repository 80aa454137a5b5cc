/** The browser's ImageData, as far as the engine uses it: Node has none, and other people's global names are left alone. */
export class ImageData {
  readonly colorSpace = 'srgb';
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;

  constructor(data: Uint8ClampedArray<ArrayBuffer> | number, width: number, height?: number) {
    if (typeof data === 'number') {
      [this.width, this.height] = [data, width];
      this.data = new Uint8ClampedArray(4 * data * width);
    } else {
      [this.data, this.width] = [data, width];
      this.height = height ?? data.length / 4 / width;
    }
  }
}
