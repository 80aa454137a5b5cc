import { expect, it } from 'vitest';
import { basic, bottleneck, weights } from './arithmetic';
import { tiled } from './tiles';

it.each([
  ['basic', basic(256, 56)],
  ['bottleneck', bottleneck(256, 64, 56)],
])('the areas of a %s block are its weights', (_, convs) => {
  const { drawn, width, height } = tiled(convs, 0.2, 10);
  for (const { conv, tiles } of drawn) {
    expect(tiles.reduce((sum, tile) => sum + tile.width * tile.height, 0) / 0.2 ** 2).toBeCloseTo(weights(conv));
    for (const tile of tiles) expect(tile.x >= 0 && tile.y >= -1e-9 && tile.x + tile.width <= width + 1e-9 && tile.y + tile.height <= height + 1e-9).toBe(true);
  }
  expect(drawn[1]!.x - (drawn[0]!.x + drawn[0]!.width)).toBeCloseTo(10);
});
