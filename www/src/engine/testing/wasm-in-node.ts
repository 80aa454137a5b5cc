/** For tests: the engine's own binary and its smallest model, in node. */
import { readFileSync } from 'node:fs';
import { initSync, Loader, type Network } from '../pkg/simd128/skipscope';

const here = (path: string) => readFileSync(`${import.meta.dirname}/${path}`);

class Pixels {
  readonly colorSpace = 'srgb';
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;

  constructor(data: Uint8ClampedArray | number, width: number, height?: number) {
    if (typeof data === 'number') {
      [this.width, this.height] = [data, width];
      this.data = new Uint8ClampedArray(4 * data * width);
    } else {
      [this.data, this.width] = [data, width];
      this.height = height ?? data.length / 4 / width;
    }
  }
}

/** Also defines what browsers have and node has not. */
export function loadNetwork(model = 'resnet20'): Network {
  Object.assign(globalThis, { ImageData: Pixels });
  initSync({ module: here('../pkg/simd128/skipscope_bg.wasm') });
  const loader = new Loader();
  loader.push(here(`../../../public/models/${model}.gguf`));
  return loader.finish();
}

/** A picture in which no two neighbours are alike. */
export function noise(width: number, height: number, seed = 1): ImageData {
  const image = new ImageData(width, height);
  let state = seed;
  for (let i = 0; i < image.data.length; i++) {
    state = (state * 48271) % 2147483647;
    image.data[i] = i % 4 === 3 ? 255 : state & 255;
  }
  return image;
}
