import { describe, expect, it } from 'vitest';
import type { BlockInfo, BlockStatistics } from '../engine/types';
import { breakRows, mapLayout, MIN_STEP, MOST_SHARE, shareOf, walk } from './map-layout';

const NETS: Record<string, number[]> = {
  'ResNet-18': [2, 2, 2, 2],
  'ResNet-20': [3, 3, 3],
  'ResNet-50': [3, 4, 6, 3],
  'ResNet-56': [9, 9, 9],
  'ResNet-101': [3, 4, 23, 3],
  'ResNet-152': [3, 8, 36, 3],
};

function net(depths: number[], plain = false): BlockInfo[] {
  return depths.flatMap((depth, stage) =>
    Array.from({ length: depth }, (_, block): BlockInfo => {
      const side = 56 >> stage;
      const channels = 256 << stage;
      return {
        name: `layer${stage + 1}.${block}`,
        stage: stage + 1,
        kind: 'bottleneck',
        shortcut: plain ? 'none' : block === 0 ? 'projection' : 'identity',
        input: [block === 0 ? channels / 2 : channels, side, side],
        output: [channels, side, side],
        parameters: 1,
        macs: 1,
      };
    }),
  );
}

function rms(value: number) {
  return { mean: 0, rms: value, min: -value, max: value };
}

function statistics(blocks: BlockInfo[]): BlockStatistics[] {
  return blocks.map(({ shortcut }, i) => ({
    identity: shortcut === 'none' ? null : rms(1 + i / 10),
    residual: rms(0.5),
    sum: rms(1),
    output: rms(1),
    cosine: shortcut === 'none' ? null : 0,
    clipped: 0.4,
  }));
}

for (const [name, depths] of Object.entries(NETS)) {
  describe.each([320, 358, 560, 920, 1264])(`${name} on %i px`, (width) => {
    const blocks = net(depths);
    const { stations, headings, rows, height, step } = mapLayout(width, blocks, statistics(blocks));

    it('shows every block once, in order', () => {
      expect(stations.map((station) => station.name)).toEqual(blocks.map((block) => block.name));
      expect(rows.flatMap(({ from, to }) => [from, to])).toEqual([0, ...rows.slice(1).flatMap(({ from }) => [from, from]), blocks.length]);
    });

    it('keeps stations apart and arcs inside', () => {
      expect(step).toBeGreaterThanOrEqual(MIN_STEP);
      for (const { x, y, end, identity, residual, row } of stations) {
        expect(x - step / 2).toBeGreaterThanOrEqual(0);
        expect(end + residual.width / 2).toBeLessThan(width);
        expect(residual.middle.y - residual.width / 2).toBeGreaterThanOrEqual(row === 0 ? 0 : rows[row - 1]!.y + 46);
        expect(y).toBeLessThan(height);
        expect(identity!.width).toBeLessThan(step / 2);
      }
      for (let i = 1; i < stations.length; i++) {
        const [a, b] = [stations[i - 1]!, stations[i]!];
        if (a.row === b.row) expect(b.x - a.x).toBeGreaterThanOrEqual(MIN_STEP);
        else expect(b.y - a.y).toBeGreaterThan(80);
      }
    });

    it('heads every stage, and no heading runs into the next', () => {
      expect(headings.filter(({ title }) => !title.endsWith('…')).map(({ stage }) => stage)).toEqual(depths.map((_, i) => i + 1));
      headings.forEach(({ x, row, title, shape }, i) => {
        const end = x + 6 * Math.max(title.length, shape.length);
        const next = headings[i + 1];
        expect(end).toBeLessThanOrEqual(next?.row === row ? next.x : width);
      });
    });
  });
}

it('breaks between stages where that keeps rows similar', () => {
  const stages = (depths: number[]) => net(depths).map(({ stage }) => stage);
  expect(breakRows(stages([3, 4, 6, 3]), 40)).toEqual([{ from: 0, to: 16 }]);
  expect(breakRows(stages([3, 4, 6, 3]), 12)).toEqual([{ from: 0, to: 7 }, { from: 7, to: 16 }]);
  expect(breakRows(stages([9, 9, 9]), 14)).toEqual([{ from: 0, to: 9 }, { from: 9, to: 18 }, { from: 18, to: 27 }]);
  // 36 blocks of one stage do not fit: that stage is broken, into two rows rather than three.
  expect(breakRows(stages([3, 8, 36, 3]), 34)).toHaveLength(2);
});

it('widths follow the rms of what a branch brings to the sum, and a cut branch keeps its own', () => {
  const blocks = net([3]);
  const intact = mapLayout(600, blocks, statistics(blocks)).stations;
  expect(intact[2]!.identity!.width / intact[0]!.identity!.width).toBeCloseTo(1.2);
  expect(intact[0]!.residual.width / intact[0]!.identity!.width).toBeCloseTo(0.5);
  const lesion = { 'layer1.0': { identity: 0.5, residual: 0 } };
  const changed = mapLayout(600, blocks, statistics(blocks), lesion).stations[0]!;
  expect(changed.identity!.width / intact[0]!.identity!.width).toBeCloseTo(0.5);
  expect(changed.residual.width).toBe(intact[0]!.residual.width);
});

it('colour follows |F| / |x|, up to a limit', () => {
  const blocks = net([3]);
  const own = statistics(blocks);
  own[1]!.residual = rms(100);
  const { stations } = mapLayout(600, blocks, own);
  expect(stations[0]!.share).toBeCloseTo(0.5 / MOST_SHARE);
  expect(stations[1]!.share).toBe(1);
  expect([shareOf(0, 0), shareOf(1, 0)]).toEqual([0, Infinity]);
});

it('a plain net has no straight strand, and nothing to share', () => {
  const blocks = net([3, 3, 3], true);
  for (const { identity, share, residual } of mapLayout(600, blocks, statistics(blocks)).stations) {
    expect([identity, share]).toEqual([null, null]);
    expect(residual.path).toMatch(/^M.*C/);
  }
});

it('keys walk the stations, also between rows', () => {
  const blocks = net([9, 9, 9]);
  const layout = mapLayout(358, blocks, statistics(blocks));
  const from = (index: number) => ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'Home', 'End', 'x'].map((key) => walk(key, index, { rows: layout.rows, count: 27 }));
  expect(from(4)).toEqual([5, 3, 13, 4, 0, 26, null]);
  expect(from(26)).toEqual([26, 25, 26, 17, 0, 26, null]);
});
