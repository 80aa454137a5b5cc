import { describe, expect, it } from 'vitest';
import { byKey, centredAt, clamped, frameStyle, LEAST_SIDE, moved, pictureStyle, resized, sideAt, zoomed, zoomOf } from './crop';

const picture = { width: 451, height: 300 };
const crop = { left: 100, top: 50, side: 200 };
const inside = ({ left, top, side }: typeof crop) =>
  left >= 0 && top >= 0 && side > 0 && left + side <= picture.width + 1e-9 && top + side <= picture.height + 1e-9;

describe('a crop stays in the picture', () => {
  it.each([
    [
      { left: -5, top: -5, side: 100 },
      { left: 0, top: 0, side: 100 },
    ],
    [
      { left: 400, top: 290, side: 100 },
      { left: 351, top: 200, side: 100 },
    ],
    [
      { left: 10, top: 10, side: 1000 },
      { left: 10, top: 0, side: 300 },
    ],
    [
      { left: 10, top: 10, side: 1 },
      { left: 10, top: 10, side: LEAST_SIDE },
    ],
    [
      { left: 1.23, top: 4.56, side: 100.04 },
      { left: 1.2, top: 4.6, side: 100 },
    ],
  ])('%o becomes %o', (asked, expected) => {
    expect(clamped(asked, picture)).toEqual(expected);
  });

  it('also where the picture is smaller than the least side', () => {
    expect(clamped({ left: 3, top: 3, side: 2 }, { width: 1, height: 5 })).toEqual({ left: 0, top: 3, side: 1 });
  });

  it('whatever is done to it', () => {
    let at = crop;
    for (const key of ['ArrowRight', '-', 'ArrowDown', '+', 'ArrowLeft', 'ArrowUp', '-', 'ArrowRight', '+'].flatMap((k) => [k, k, k, k, k])) {
      at = byKey(at, key, false, picture)!;
      expect(inside(at)).toBe(true);
    }
  });

  it('and what an address keeps of it is the same crop', () => {
    const once = zoomed(moved(crop, 1.2345, 6.789, picture), 1.37, picture);
    expect(clamped(once, picture)).toEqual(once);
    for (const value of Object.values(once)) expect(Number(value.toFixed(1))).toBe(value);
  });
});

describe('zoom', () => {
  it('keeps the centre', () => {
    expect(zoomed(crop, 2, picture)).toEqual({ left: 150, top: 100, side: 100 });
    expect(zoomed(zoomed(crop, 2, picture), 0.5, picture)).toEqual(crop);
  });

  it('ends at the largest and at the least square, about the same centre', () => {
    expect(zoomed(crop, 1e6, picture)).toEqual({ left: 192, top: 142, side: LEAST_SIDE });
    expect(zoomed(crop, 1e-6, picture)).toEqual({ left: 50, top: 0, side: 300 });
    expect(resized(crop, 300, picture).side).toBe(300);
  });

  it('and its slider agree', () => {
    expect(sideAt(0, picture)).toBe(300);
    expect(sideAt(1, picture)).toBeCloseTo(LEAST_SIDE);
    for (const zoom of [0, 0.25, 0.5, 1]) expect(zoomOf({ left: 0, top: 0, side: sideAt(zoom, picture) }, picture)).toBeCloseTo(zoom);
    expect(zoomOf({ left: 0, top: 0, side: 1 }, { width: 1, height: 1 })).toBe(0);
  });
});

describe('keys', () => {
  it.each([
    ['ArrowLeft', false, { left: 90, top: 50, side: 200 }],
    ['ArrowRight', false, { left: 110, top: 50, side: 200 }],
    ['ArrowUp', false, { left: 100, top: 40, side: 200 }],
    ['ArrowDown', true, { left: 100, top: 51, side: 200 }],
  ])('%s (fine: %s)', (key, fine, expected) => {
    expect(byKey(crop, key, fine, picture)).toEqual(expected);
  });

  it('+ shows less, − more, others nothing', () => {
    expect(byKey(crop, '+', false, picture)!.side).toBeLessThan(200);
    expect(byKey(crop, '-', false, picture)!.side).toBeGreaterThan(200);
    expect(byKey(crop, 'a', false, picture)).toBeNull();
  });

  it('a small crop still moves', () => {
    expect(byKey({ left: 10, top: 10, side: LEAST_SIDE }, 'ArrowLeft', false, picture)!.left).toBe(9);
  });
});

it('a place pointed at becomes the centre', () => {
  expect(centredAt(crop, 250, 150, picture)).toEqual({ left: 150, top: 50, side: 200 });
  expect(centredAt(crop, 0, 0, picture)).toEqual({ left: 0, top: 0, side: 200 });
});

it('frame and window show the same square', () => {
  const four = { width: 400, height: 200 };
  expect(frameStyle({ left: 100, top: 50, side: 100 }, four)).toBe('left: 25%; top: 25%; width: 25%; height: 50%');
  expect(pictureStyle({ left: 100, top: 50, side: 100 }, four)).toBe('left: -100%; top: -50%; width: 400%; height: 200%');
});
