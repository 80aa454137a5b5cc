import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { expectAccessible, open } from './explorer.js';

/** What the page throws that nobody catches: it may look well, and is not. */
let thrown: string[];
test.beforeEach(({ page }) => {
  thrown = [];
  page.on('pageerror', ({ message }) => thrown.push(message));
});
test.afterEach(() => expect(thrown).toEqual([]));

/** What PyTorch, timm and ONNX' exporters wrote, and what PyTorch computes: see make.py there. */
const FOREIGN = join(import.meta.dirname, '../fixtures/foreign');
const questions = (page: Page) => page.getByTestId('questions');

async function give(page: Page, ...files: string[]): Promise<void> {
  await page.evaluate(
    (given) => {
      const transfer = new DataTransfer();
      for (const { name, base64 } of given) transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
      window.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
    },
    files.map((name) => ({ name, base64: readFileSync(join(FOREIGN, name)).toString('base64') })),
  );
}

/** What the page makes of make.py's photo. */
function probabilities(page: Page, side: number): Promise<number[]> {
  return page.evaluate(async (n) => {
    const canvas = new OffscreenCanvas(n, n);
    const pixels = new ImageData(n, n);
    for (let i = 0; i < n * n; i++) for (let c = 0; c < 4; c++) pixels.data[4 * i + c] = c === 3 ? 255 : ((3 * i + c) * 7919) % 256;
    canvas.getContext('2d')!.putImageData(pixels, 0, 0);
    const result = await window.skipscope!.classify(await canvas.convertToBlob({ type: 'image/png' }));
    return [...result.probabilities];
  }, side);
}

for (const [family, files] of Object.entries({
  basic: ['basic.safetensors'],
  bottleneck: ['bottleneck.exported.onnx', 'bottleneck.exported.onnx.data'],
  wide: ['wide.nested.pt'],
  groups: ['groups.legacy.pth'],
  'groups-of-4': ['groups-of-4.half.safetensors'],
  'deep-stem': ['deep-stem.folded.onnx'],
  grey: ['grey.folded.onnx'],
  v2: ['v2.unfolded.onnx'],
  'cifar-a': ['cifar-a.unfolded.onnx'],
  'cifar-b': ['cifar-b.pth'],
  'cifar-v2': ['cifar-v2.channels_last.pth'],
  'cifar-wide': ['cifar-wide.wrapped.pt'],
})) {
  test(`${files[0]} is dropped on the page, and computes what PyTorch does`, async ({ page }) => {
    const { side, photo, blocks } = JSON.parse(readFileSync(join(FOREIGN, `${family}.json`), 'utf8')) as { side: number; photo: number[]; blocks: unknown[] };
    await open(page);
    await give(page, ...files);
    const asked = questions(page);
    await expect(asked.getByTestId('recognised')).toBeVisible();
    await asked.getByLabel('Short side becomes').fill(String(side));
    await asked.getByLabel('then a square of').fill(String(side));
    await asked.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(page.getByTestId('block')).toHaveCount(blocks.length);
    const found = await probabilities(page, side);
    expect(found).toHaveLength(photo.length);
    found.forEach((p, index) => expect(p, `${family} ${index}`).toBeCloseTo(photo[index]!, 4));
  });
}

test('what is answered stays with the model: names of classes, and the name of the net', async ({ page }) => {
  await open(page);
  await give(page, 'cifar-b.pth');
  const asked = questions(page);
  await expect(asked.getByTestId('recognised')).toBeVisible();
  await expectAccessible(page, '[data-testid="questions"]');
  await asked.getByLabel('Name', { exact: true }).fill('My small net');
  await asked.getByRole('radio', { name: 'from a file…' }).check();
  const openIt = asked.getByRole('button', { name: 'Open', exact: true });
  await expect(openIt).toBeDisabled();
  const names = (count: number) => ({
    name: 'names.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from(['ash', 'birch', 'cedar', 'elm', 'fir', 'oak'].slice(0, count).join('\n')),
  });
  await asked.getByLabel('A line for each, or JSON').setInputFiles(names(5));
  await expect(asked.getByText('The file names 5 classes, and the network has 6.')).toBeVisible();
  await asked.getByLabel('A line for each, or JSON').setInputFiles(names(6));
  await openIt.click();
  await expect(page.getByTestId('top').locator('.label').first()).toHaveText(/^(ash|birch|cedar|elm|fir|oak)$/);
  const kept = () => page.evaluate(async () => (await (await caches.open('skipscope-own-models')).keys()).filter(({ url }) => url.endsWith('/record')).length);
  await expect.poll(kept).toBe(1);
  await page.reload();
  await expect(page.getByTestId('top').locator('.label').first()).toHaveText(/^(ash|birch|cedar|elm|fir|oak)$/);
  await expect(page.getByRole('combobox', { name: /model/i }).locator('option:checked')).toHaveText(/My small net/);
});

test('nothing is opened where the visitor thinks better of it', async ({ page }) => {
  await open(page);
  await give(page, 'basic.safetensors');
  await questions(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(questions(page)).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.getByTestId('block')).toHaveCount(9);
});

for (const [what, file, bytes, says] of [
  ['a file that is no model', 'notes.pth', Buffer.from('these are notes'), /notes\.pth/],
  ['a login page', 'model.onnx', Buffer.from('<!doctype html><title>Sign in</title>'), /HTML page/],
  ['nothing at all', 'empty.safetensors', Buffer.alloc(0), /empty/],
  ['half of a file', 'half.pth', readFileSync(join(FOREIGN, 'cifar-b.pth')).subarray(0, 60_000), /half\.pth/],
  ['a graph without its weights', 'alone.onnx', readFileSync(join(FOREIGN, 'bottleneck.exported.onnx')), /bottleneck\.exported\.onnx\.data/],
] as const) {
  test(`${what} gets its reason, and the page goes on`, async ({ page }) => {
    await open(page);
    await page.evaluate(
      ({ name, base64 }) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
        window.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
      },
      { name: file, base64: bytes.toString('base64') },
    );
    await expect(page.getByRole('alert')).toContainText(says);
    await expect(page.getByTestId('block')).toHaveCount(9);
    await give(page, 'cifar-b.pth');
    await expect(questions(page).getByTestId('recognised')).toBeVisible();
  });
}
