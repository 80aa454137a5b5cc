import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { decode, Decoder, fitWithin, MAX_PIXELS, MAX_SIDE } from './decode';

/** Bitmaps that are still open, and whether the browser has memory for a canvas. */
let open: Bitmap[] = [];
let memory = true;

class Bitmap {
  closed = false;
  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    open.push(this);
  }
  close(): void {
    this.closed = true;
    open = open.filter((bitmap) => bitmap !== this);
  }
}

beforeEach(() => {
  [open, memory] = [[], true];
  vi.stubGlobal('createImageBitmap', async (source: Blob | Bitmap, options: { resizeWidth?: number; resizeHeight?: number }) => {
    if (source instanceof Bitmap) return new Bitmap(options.resizeWidth!, options.resizeHeight!);
    const [width, height] = (await source.text()).split('x').map(Number);
    if (!height) throw new DOMException('no picture', 'InvalidStateError');
    return new Bitmap(width!, height);
  });
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      getContext() {
        if (!memory) return null;
        return { fillRect() {}, drawImage() {}, getImageData: (_x: number, _y: number, width: number, height: number) => ({ width, height }) };
      }
    },
  );
});
afterEach(() => void vi.unstubAllGlobals());

const picture = (size: string, id = 1) => ({ id, name: 'one.png', blob: new Blob([size]) });

it('nothing decoded is left open, whatever happens', async () => {
  expect(await decode(picture('30x20'))).toEqual({ image: { width: 30, height: 20 }, width: 30, height: 20 });
  const [width, height] = fitWithin(8000, 6000);
  expect(await decode(picture('8000x6000'))).toEqual({ image: { width, height }, width: 8000, height: 6000 });
  await expect(decode(picture('none'))).rejects.toMatchObject({ name: 'not-a-picture' });
  memory = false;
  await expect(decode(picture('30x20'))).rejects.toMatchObject({ name: 'engine', message: expect.stringContaining('30 × 20 pixels') });
  await expect(decode(picture('8000x6000'))).rejects.toMatchObject({ name: 'engine', message: expect.stringContaining('8000 × 6000 pixels') });
  const frame = new Bitmap(4, 3) as unknown as ImageBitmap;
  await expect(decode({ id: -1, name: 'Camera', blob: frame })).rejects.toMatchObject({ name: 'engine' });
  expect(open).toEqual([]);
});

it('a picture is reduced to what browsers and memory take, its shape kept', () => {
  expect(fitWithin(4000, 4000)).toEqual([4000, 4000]);
  for (const [width, height] of [
    [8000, 6000],
    [100_000, 10],
    [3, 50_000],
    [20_000, 20_000],
  ] as const) {
    const [w, h] = fitWithin(width, height);
    expect(w * h).toBeLessThanOrEqual(MAX_PIXELS);
    expect(Math.max(w, h)).toBeLessThanOrEqual(MAX_SIDE);
    expect(Math.min(w, h)).toBeGreaterThanOrEqual(1);
  }
});

it('the last file stays decoded, one that could not be is tried again, and no frame is kept', async () => {
  const decoder = new Decoder();
  const first = await decoder.decode(picture('30x20'));
  expect(await decoder.decode(picture('30x20'))).toBe(first);
  expect(await decoder.decode(picture('31x20', 2))).not.toBe(first);
  memory = false;
  await expect(decoder.decode(picture('30x20', 3))).rejects.toMatchObject({ name: 'engine' });
  memory = true;
  expect(await decoder.decode(picture('30x20', 3))).toMatchObject({ width: 30 });
  const frame = () => ({ id: -1, name: 'Camera', blob: new Bitmap(4, 3) as unknown as ImageBitmap });
  expect(await decoder.decode(frame())).not.toBe(await decoder.decode(frame()));
});
