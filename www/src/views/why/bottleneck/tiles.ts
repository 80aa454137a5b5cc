/** Convolutions as areas, to scale: a k x k convolution is k x k tiles, each as wide as it has inputs and as high as it has outputs. */
import type { Conv } from './arithmetic';

export interface Tile {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Tiled {
  conv: Conv;
  tiles: Tile[];
  x: number;
  width: number;
  height: number;
}

/** `scale`: pixels per channel. Side by side, on one floor. */
export function tiled(convs: Conv[], scale: number, gap: number): { drawn: Tiled[]; width: number; height: number } {
  const height = Math.max(...convs.map(({ kernel, outputs }) => kernel * outputs)) * scale;
  let x = 0;
  const drawn = convs.map((conv) => {
    const [width, high] = [conv.inputs * scale, conv.outputs * scale];
    const tiles = Array.from({ length: conv.kernel ** 2 }, (_, index) => ({
      x: x + (index % conv.kernel) * width,
      y: height - (Math.floor(index / conv.kernel) + 1) * high,
      width,
      height: high,
    }));
    const one = { conv, tiles, x, width: conv.kernel * width, height: conv.kernel * high };
    x += one.width + gap;
    return one;
  });
  return { drawn, width: x - gap, height };
}
