import { describe, expect, it } from 'vitest';
import type { BlockInfo, BlockStatistics } from '../engine';
import { MIN_STEP } from './map-grid';
import { mapLayout, MOST_SHARE, shareOf, usualHeight, type Station } from './map-layout';

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
        relu: true,
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
  describe.each([320, 390, 700, 956, 1116, 2016])(`${name} on %i px`, (available) => {
    const blocks = net(depths);
    const { stations, headings, rows, width, height, step, half, target, radius, picture, rise, widest } = mapLayout(available, blocks, statistics(blocks));

    it('shows every block once, in order', () => {
      expect(stations.map((station) => station.name)).toEqual(blocks.map((block) => block.name));
      expect(rows.flatMap(({ from, to }) => [from, to])).toEqual([0, ...rows.slice(1).flatMap(({ from }) => [from, from]), blocks.length]);
      expect(width).toBeGreaterThanOrEqual(available);
    });

    it('keeps stations apart and arcs inside', () => {
      expect(step).toBeGreaterThanOrEqual(MIN_STEP);
      for (const { x, y, end, identity, residual, row } of stations) {
        expect(x - target / 2).toBeGreaterThanOrEqual(0);
        expect(target).toBeGreaterThanOrEqual(MIN_STEP);
        expect(end + half).toBeLessThan(width);
        expect(residual.middle.y - residual.width / 2).toBeGreaterThanOrEqual(row === 0 ? 0 : rows[row - 1]!.y + half + 30);
        expect(y + half + 15).toBeLessThan(height);
        expect(identity!.width).toBeLessThan(step / 2);
      }
      for (let i = 1; i < stations.length; i++) {
        const [a, b] = [stations[i - 1]!, stations[i]!];
        if (a.row === b.row) expect(b.x - a.x).toBeGreaterThanOrEqual(MIN_STEP);
        else expect(b.y - a.y).toBeGreaterThan(60);
      }
    });

    it('x runs straight to the sum, F lands on it from above, and both have room to', () => {
      for (const { x, y, end, sum, identity, residual } of stations) {
        expect(sum!.y).toBe(y);
        expect(sum!.x + radius).toBeLessThanOrEqual(end - half + 1.01);
        expect(sum!.x - radius - (x + half)).toBeGreaterThan(6); // an arrow, and a bit of its strand
        const points = (path: string) => path.match(/-?[\d.]+/g)!.map(Number);
        expect(points(identity!.arrow).slice(2, 4)).toEqual([expect.closeTo(sum!.x - radius, 0), expect.closeTo(y, 0)]);
        expect(points(residual.arrow).slice(2, 4)).toEqual([expect.closeTo(sum!.x, 0), expect.closeTo(y - radius, 0)]);
      }
    });

    it('pictures fit: F’s into its arc, x’s between the sums', () => {
      if (picture === 0) return expect(step).toBeLessThan(44);
      const [{ x, sum }] = stations as [Station];
      expect(picture).toBeGreaterThanOrEqual(18);
      expect(picture + widest).toBeLessThanOrEqual(sum!.x - x + 1);
      expect(widest / 2 + 3 + picture).toBeLessThan(rise - half);
    });

    it('labels keep apart', () => {
      const labelled = stations.filter((station) => station.labelled);
      labelled.forEach(({ x, label, row }, i) => {
        const next = labelled[i + 1];
        if (next?.row === row) expect(next.x - x).toBeGreaterThan(7 * ((label.length + next.label.length) / 2));
      });
    });

    it('heads every stage where it does not swipe, and no heading runs into the next', () => {
      const whole = headings.filter(({ title }) => !title.endsWith('…')).map(({ stage }) => stage);
      expect(whole).toEqual(available < 700 ? [] : depths.map((_, i) => i + 1));
      headings.forEach(({ x, row, title, shape }, i) => {
        const end = x + 7 * (title.length + (shape ? shape.length + 1 : 0));
        const next = headings[i + 1];
        expect(end).toBeLessThanOrEqual(next?.row === row ? next.x : width);
      });
    });
  });
}

it.each([
  ['ResNet-20', 956, 116],
  ['ResNet-50', 956, 116],
  ['ResNet-56', 956, 116],
  ['ResNet-101', 956, 116],
  ['ResNet-50', 390, 84],
  ['ResNet-152', 390, 84],
])('%s on %i px is at most %i px high', (name, width, most) => {
  const blocks = net(NETS[name]!);
  expect(mapLayout(width, blocks, statistics(blocks)).height).toBeLessThanOrEqual(most);
});

it('before the net is known, a map is about as high as it will be', () => {
  for (const width of [390, 956, 1116, 2016]) {
    for (const name of ['ResNet-20', 'ResNet-50']) {
      const blocks = net(NETS[name]!);
      expect(Math.abs(usualHeight(width) - mapLayout(width, blocks, statistics(blocks)).height)).toBeLessThanOrEqual(3);
    }
  }
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

it('a plain net has no straight strand, no sum, and nothing to share', () => {
  const blocks = net([3, 3, 3], true);
  for (const { identity, share, sum, residual, end } of mapLayout(600, blocks, statistics(blocks)).stations) {
    expect([identity, share, sum]).toEqual([null, null, null]);
    expect(residual.path).toMatch(/^M.*C/);
    expect(residual.arrow).toContain(`L${Math.round(10 * end) / 10} `); // on the next station: there is no sum
  }
});
