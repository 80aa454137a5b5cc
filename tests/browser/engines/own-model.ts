/** A net that PyTorch wrote is dropped on the page, and finds what PyTorch finds: `make.py` in the fixtures' folder has asked it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { search, until, type Browser } from './driver.js';

const FOREIGN = join(import.meta.dirname, '../../fixtures/foreign');

interface Dropped {
  /** Its id. */
  model: string;
  shown(): Promise<boolean>;
  /** Its probabilities for the picture that PyTorch was shown; and found again. */
  here: number[];
  found(): Promise<number[]>;
}

export async function dropNet(browser: Browser): Promise<Dropped> {
  const { photo, side } = JSON.parse(readFileSync(join(FOREIGN, 'cifar-b.json'), 'utf8')) as { photo: number[]; side: number };
  await browser.run(
    (base64) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], 'cifar-b.pth'));
      window.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
    },
    readFileSync(join(FOREIGN, 'cifar-b.pth')).toString('base64'),
  );
  await until('what the file does not say', () => browser.run(() => document.querySelector('[data-testid=questions] form') !== null));
  await browser.run((wanted) => {
    for (const input of document.querySelectorAll<HTMLInputElement>('[data-testid=questions] input[type=number]')) {
      input.value = String(wanted);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }, side);
  await browser.press('[data-testid=questions] button[type=submit]');
  const model = await until('the model in the address', async () => {
    const id = await search(browser, 'model');
    return id?.startsWith('own-') && id;
  });
  const shown = () => browser.run((id) => window.skipscope?.model?.id === id, model);
  await until('the model', shown);
  const found = () =>
    browser.run(async (n) => {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = n;
      const pixels = new ImageData(n, n);
      for (let i = 0; i < n * n; i++) for (let c = 0; c < 4; c++) pixels.data[4 * i + c] = c === 3 ? 255 : ((3 * i + c) * 7919) % 256;
      canvas.getContext('2d')!.putImageData(pixels, 0, 0);
      const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
      return [...(await window.skipscope!.classify(picture!)).probabilities];
    }, side);
  const here = await found();
  expect(here).toHaveLength(photo.length);
  here.forEach((p, index) => expect(p, String(index)).toBeCloseTo(photo[index]!, 4));
  return { model, here, shown, found };
}
