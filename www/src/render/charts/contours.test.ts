import { expect, it } from 'vitest';
import { bands, span, type Grid } from './contours';

/** A bowl of that height whose lowest place is the middle. */
const bowl = (side: number, height: number): Grid => ({
  side,
  values: Array.from({ length: side * side }, (_, at) => {
    const [x, y] = [(at % side) / (side - 1) - 0.5, Math.floor(at / side) / (side - 1) - 0.5];
    return 1 + height * (x * x + y * y);
  }),
});
const area = (path: string): number =>
  path
    .split('Z')
    .filter(Boolean)
    .reduce((sum, ring) => {
      const points = ring
        .slice(1)
        .split('L')
        .map((point) => point.split(',').map(Number) as [number, number]);
      const twice = points.reduce((total, [x, y], index) => {
        const [nextX, nextY] = points[(index + 1) % points.length]!;
        return total + x * nextY - nextX * y;
      }, 0);
      return sum + twice / 2;
    }, 0);

it('bands are nested, the lowest is all of the drawing, and the highest lie in the corners', () => {
  const grid = bowl(25, 20);
  const found = bands(grid, span([grid])!, 100);
  const areas = found.map(({ path }) => Math.abs(area(path)));
  expect(found).toHaveLength(14);
  expect(areas[0]).toBeGreaterThan(9_900);
  for (let index = 1; index < areas.length; index++) expect(areas[index]!).toBeLessThan(areas[index - 1]!);
  expect([found[0]!.height, found.at(-1)!.height, found[0]!.from]).toEqual([0, 1, 1]);
});

it('two that are compared have one scale', () => {
  const [flat, steep] = [bowl(9, 1), bowl(9, 100)];
  expect(span([flat, steep])).toEqual([1, 51]);
  expect(bands(flat, [1, 51], 100).length).toBeLessThan(3);
});

it('what is not known is not drawn, and what is not finite is the highest', () => {
  const grid = bowl(5, 4);
  const half = { ...grid, values: grid.values.map((value, at) => (at < 15 ? value : NaN)) };
  const lowest = bands(half, [1, 3], 100)[0]!.path;
  expect(Math.abs(area(lowest))).toBeLessThan(6_500);
  expect(bands({ side: 5, values: Array<number>(25).fill(NaN) }, [1, 3], 100)).toEqual([]);
  expect(span([{ side: 5, values: Array<number>(25).fill(NaN) }])).toBeNull();
  const burst = { ...grid, values: grid.values.map((value, at) => (at === 12 ? Infinity : value)) };
  expect(bands(burst, [1, 3], 100).at(-1)!.path.match(/M/g)!.length).toBeGreaterThan(bands(grid, [1, 3], 100).at(-1)!.path.match(/M/g)!.length);
});
