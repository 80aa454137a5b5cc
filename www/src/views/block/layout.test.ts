import { describe, expect, it } from 'vitest';
import { equationLayout, gridLayout, moved, movedPlace, neighbourhood, pageCount, pageOf, pageRange, pointed, SIGNS, SIGNS_TWO } from './layout';

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

describe('equationLayout', () => {
  const used = (width: number, cells = 257) => {
    const layout = equationLayout(width, cells);
    const grid = layout.columns * layout.cell + (layout.columns - 1) * layout.gap;
    return { ...layout, taken: layout.twoByTwo ? 2 * grid + sum(SIGNS_TWO) : 4 * grid + sum(SIGNS) };
  };

  it('never takes more than there is, and leaves less than a pixel a column', () => {
    for (let width = 280; width < 2600; width += 7) {
      const { taken, columns } = used(width);
      expect(taken).toBeLessThanOrEqual(width);
      expect(width - taken).toBeLessThan(4 * columns + 4);
    }
  });

  it('stands two by two on a phone with cells that a finger hits, four abreast on a desk', () => {
    const phone = used(358);
    expect(phone.twoByTwo).toBe(true);
    expect(phone.cell).toBeGreaterThanOrEqual(44);
    const desk = used(1224);
    expect(desk.twoByTwo).toBe(false);
    expect(desk.columns * desk.rows).toBeGreaterThanOrEqual(24);
  });

  it('a wide screen has more columns', () => {
    expect(used(2400).columns).toBeGreaterThan(used(1224).columns + 2);
  });

  it('has no more rows than the channels fill', () => {
    expect(used(1224, 17).rows).toBe(Math.ceil(17 / used(1224).columns));
    expect(gridLayout(300, 1, 46, 5).rows).toBe(1);
  });

  it('takes one more row where that saves the last page', () => {
    expect([30, 31, 36, 37, 257].map((cells) => gridLayout(300, cells, 46, 5).rows)).toEqual([5, 6, 6, 5, 5]);
  });
});

describe('pages', () => {
  it('cover every cell once', () => {
    expect([pageCount(257, 30), pageCount(30, 30), pageCount(31, 30), pageCount(0, 30)]).toEqual([9, 1, 2, 1]);
    expect([pageOf(0, 30), pageOf(29, 30), pageOf(30, 30), pageOf(-1, 30)]).toEqual([0, 0, 1, 0]);
  });

  it('count channels, not the mean in front of them', () => {
    expect(pageRange(0, 30, 257, 1)).toEqual({ first: 1, last: 29 });
    expect(pageRange(1, 30, 257, 1)).toEqual({ first: 30, last: 59 });
    expect(pageRange(8, 30, 257, 1)).toEqual({ first: 240, last: 256 });
    expect(pageRange(0, 30, 64, 0)).toEqual({ first: 1, last: 30 });
  });
});

describe('keys', () => {
  const grid = { columns: 6 };
  it('arrows walk the cells', () => {
    expect(moved(1, 'ArrowRight', grid, 30)).toEqual({ cell: 2, turn: 0 });
    expect(moved(1, 'ArrowDown', grid, 30)).toEqual({ cell: 7, turn: 0 });
    expect(moved(1, 'ArrowUp', grid, 30)).toEqual({ cell: 1, turn: 0 });
    expect(moved(28, 'ArrowDown', grid, 30)).toEqual({ cell: 28, turn: 0 });
    expect([moved(9, 'Home', grid, 30)!.cell, moved(9, 'End', grid, 30)!.cell]).toEqual([0, 29]);
  });

  it('past the ends, and with the page keys, the page turns', () => {
    expect(moved(29, 'ArrowRight', grid, 30)).toEqual({ cell: 0, turn: 1 });
    expect(moved(0, 'ArrowLeft', grid, 30)).toEqual({ cell: Infinity, turn: -1 });
    expect(moved(5, 'PageDown', grid, 30)).toEqual({ cell: 5, turn: 1 });
  });

  it('other keys are not ours', () => {
    expect(moved(1, 'Tab', grid, 30)).toBeNull();
    expect(movedPlace(1, 'PageDown', 8, 8)).toBeNull();
  });

  it('with Shift they walk the map and stop at its border', () => {
    expect([movedPlace(9, 'ArrowRight', 8, 8), movedPlace(9, 'ArrowUp', 8, 8), movedPlace(7, 'ArrowRight', 8, 8)]).toEqual([10, 1, 7]);
  });
});

it('a point is a cell and a place of its map, or between cells', () => {
  const layout = { columns: 3, rows: 2, cell: 40, gap: 3 };
  expect(pointed(0, 0, layout, 6, 8, 8)).toEqual({ cell: 0, at: 0 });
  expect(pointed(43 + 39, 43 + 20, layout, 6, 8, 8)).toEqual({ cell: 4, at: 4 * 8 + 7 });
  expect(pointed(41, 5, layout, 6, 8, 8)).toBeNull();
  expect(pointed(90, 50, layout, 5, 8, 8)).toBeNull();
  expect(pointed(200, 5, layout, 6, 8, 8)).toBeNull();
  expect(pointed(-1, 5, layout, 6, 8, 8)).toBeNull();
});

it('a neighbourhood ends at the border of the map', () => {
  const values = Float32Array.from({ length: 9 }, (_, i) => i);
  expect([...neighbourhood(values, 4, 3, 3, 3)]).toEqual([...values]);
  expect([...neighbourhood(values, 0, 3, 3, 3)]).toEqual([NaN, NaN, NaN, NaN, 0, 1, NaN, 3, 4]);
});
