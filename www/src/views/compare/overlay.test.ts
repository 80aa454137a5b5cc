import { expect, it } from 'vitest';
import type { BlockStatistics, ModelInfo } from '../../engine';
import { BOX, overlayFrame, QUANTITIES, series, stageStarts } from './overlay';

const flat = (rms: number) => ({ mean: 0, rms, min: 0, max: 0 });
const block = (identity: number | null, residual: number): BlockStatistics => ({
  identity: identity === null ? null : flat(identity),
  residual: flat(residual),
  sum: flat(1),
  output: flat(0.5),
  cosine: null,
  clipped: 0,
});
const model = { blocks: [1, 1, 2, 2].map((stage, i) => ({ name: `b${i}`, stage })) } as ModelInfo;
const share = QUANTITIES.find(({ id }) => id === 'share')!;

it('the size of F relative to x is F over x, and nothing where there is no x', () => {
  const points = series({ model, statistics: [block(2, 1), block(null, 1), block(0, 1), block(4, 1)] }, share);
  expect(points.map((point) => point?.y ?? null)).toEqual([0.5, null, null, 0.25]);
  expect(points[0]).toEqual({ name: 'b0', x: 0.125, y: 0.5 });
});

it('the higher of two lines ends the axis', () => {
  const of = (x: number) => series({ model, statistics: [block(x, 1), block(null, 1), block(2, 1), block(4, 1)] }, share);
  const { y, top, floor } = overlayFrame(BOX, [of(2), of(0.5)]);
  expect([y(0), y(2)]).toEqual([floor, top]);
});

it('stages begin between blocks', () => {
  expect(stageStarts(model.blocks)).toEqual([{ stage: 2, x: 0.5 }]);
});
