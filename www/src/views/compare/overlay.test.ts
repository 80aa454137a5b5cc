import { expect, it } from 'vitest';
import type { BlockStatistics, ModelInfo } from '../../engine/types';
import { BOX, path, QUANTITIES, series, stageStarts, toDepth, toX, toY } from './overlay';

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

it('the share of the residual is F over x, and nothing where there is no x', () => {
  const points = series({ model, statistics: [block(2, 1), block(null, 1), block(0, 1), block(4, 1)] }, share);
  expect(points.map((point) => point?.y ?? null)).toEqual([0.5, null, null, 0.25]);
  expect(points[0]).toEqual({ name: 'b0', x: 0.125, y: 0.5 });
});

it('a path breaks where a block has no value', () => {
  const points = series({ model, statistics: [block(2, 1), block(null, 1), block(2, 1), block(4, 1)] }, share);
  expect(path(points, 1).replace(/[^ML]/g, '')).toBe('MML');
});

it('a chart spans its box, and a pointer finds the depth again', () => {
  expect([toX(0), toX(1)]).toEqual([BOX.left, BOX.width - BOX.right]);
  expect([toY(0, 3), toY(3, 3)]).toEqual([BOX.height - BOX.bottom, BOX.top]);
  expect(toDepth(toX(0.3) / BOX.width)).toBeCloseTo(0.3);
  expect([toDepth(0), toDepth(1)]).toEqual([0, 1]);
});

it('stages begin between blocks', () => {
  expect(stageStarts(model.blocks)).toEqual([{ stage: 2, x: 0.5 }]);
});
