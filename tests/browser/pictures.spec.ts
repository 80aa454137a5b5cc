import { expect, test } from '@playwright/test';
import { blocks, caption, choose, classify, inputPixel, open, top } from './explorer.js';

test('a text file renamed .jpg is refused by name, and the last result stays', async ({ page }) => {
  await open(page);
  const before = await top(page).allTextContents();
  await page.getByTestId('file').setInputFiles('fixtures/notes.jpg');
  await expect(page.getByRole('alert')).toContainText('“notes.jpg” is not a picture this browser can read.');
  await expect.poll(() => top(page).allTextContents()).toEqual(before);
  await expect(blocks(page)).toHaveCount(9);
  await choose(page, 'upright.jpg');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a 1x1 picture gets an answer', async ({ page }) => {
  await open(page);
  await choose(page, 'one-pixel.png');
  await expect(caption(page)).toContainText('enlarged');
  await expect(top(page)).toHaveCount(3);
  const [r, g, b] = await inputPixel(page, 0.5, 0.5);
  expect([r, g, b]).toEqual([200, 30, 30]);
});

test('a 40-megapixel picture gets the answer of the small one', async ({ page }) => {
  await open(page, '?sample=cat');
  const expected = await top(page).first().textContent();
  await page.evaluate(async () => {
    const cat = await createImageBitmap(await (await fetch('samples/cat.jpg')).blob());
    const large = new OffscreenCanvas(8000, 5322); // 42.6 MP, the sample's shape
    large.getContext('2d')!.drawImage(cat, 0, 0, large.width, large.height);
    const files = new DataTransfer();
    files.items.add(new File([await large.convertToBlob({ type: 'image/jpeg', quality: 0.9 })], 'large.jpg', { type: 'image/jpeg' }));
    const input = document.querySelector<HTMLInputElement>('[data-testid="file"]')!;
    input.files = files.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await expect(caption(page)).toContainText('8000 × 5322');
  await expect(top(page).first()).toHaveText(expected!);
});

test('an EXIF-rotated JPEG is seen upright', async ({ page }) => {
  await open(page);
  const upright = await classify(page, 'upright.jpg');
  const turned = await classify(page, 'exif-6.jpg');
  expect(turned.top[0]!.label).toBe(upright.top[0]!.label);
  expect(turned.top[0]!.probability).toBeCloseTo(upright.top[0]!.probability, 1);

  await choose(page, 'upright.jpg');
  await expect(caption(page)).toContainText('301 × 200');
  const places = [
    [0.1, 0.1],
    [0.9, 0.1],
    [0.5, 0.5],
    [0.1, 0.9],
    [0.9, 0.9],
  ] as const;
  const seen = [];
  for (const [x, y] of places) seen.push(await inputPixel(page, x, y));
  await choose(page, 'exif-6.jpg');
  await expect(caption(page)).toContainText('301 × 200');
  for (const [i, [x, y]] of places.entries()) {
    const pixel = await inputPixel(page, x, y);
    for (let c = 0; c < 3; c++) expect(Math.abs(pixel[c]! - seen[i]![c]!)).toBeLessThan(16); // JPEG twice
  }
});

test('what is transparent in a PNG is white to the network', async ({ page }) => {
  await open(page);
  await choose(page, 'alpha.png');
  await expect.poll(() => inputPixel(page, 0.5, 0)).toEqual([255, 255, 255, 255]);
  expect((await inputPixel(page, 0.5, 0.4))[0]).toBeLessThan(60); // the horse
});

test('a grey JPEG works', async ({ page }) => {
  await open(page);
  await choose(page, 'grey.jpg');
  const [r, g, b] = await inputPixel(page, 0.5, 0.5);
  expect([g, b]).toEqual([r, r]);
  await expect(top(page)).toHaveCount(3);
});

test('drop and paste', async ({ page }) => {
  await open(page);
  const files = await page.evaluateHandle(async () => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([await (await fetch('samples/coffee.jpg')).blob()], 'dropped.jpg', { type: 'image/jpeg' }));
    return transfer;
  });
  await page.dispatchEvent('main', 'dragenter', { dataTransfer: files });
  await expect(page.getByText('Drop a picture')).toBeVisible();
  await page.dispatchEvent('main', 'drop', { dataTransfer: files });
  await expect(page.getByText('Drop a picture')).toHaveCount(0);
  await expect(caption(page)).toContainText('dropped.jpg');
  await expect.poll(() => new URL(page.url()).searchParams.has('sample')).toBe(false);

  await page.evaluate(async () => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([await (await fetch('samples/horse.jpg')).blob()], 'pasted.jpg', { type: 'image/jpeg' }));
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));
  });
  await expect(caption(page)).toContainText('pasted.jpg');
});

test('of two pictures given in a row the later one is shown', async ({ page }) => {
  await open(page);
  await page.getByTestId('file').setInputFiles('fixtures/grey.jpg');
  await page.getByTestId('file').setInputFiles('fixtures/alpha.png');
  await expect(caption(page)).toContainText('alpha.png');
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await expect(caption(page)).toContainText('alpha.png');
});

test('a drawing (SVG) is drawn: at its own shape, without script, and with nothing fetched', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await open(page);
  const draw = async (name: string, attributes: string) => {
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>
      <rect width="40" height="20" fill="#c81e1e"/>
      <script>document.documentElement.firstElementChild.setAttribute('fill', 'blue'); fetch('/told');</script>
      <image href="http://localhost:1/spy.png" width="1" height="1"/></svg>`;
    await page.getByTestId('file').setInputFiles({ name, mimeType: 'image/svg+xml', buffer: Buffer.from(drawing) });
    await expect(caption(page)).toContainText(name);
  };
  await draw('wide.svg', 'viewBox="0 0 40 20"');
  await expect(caption(page)).toContainText('1024 × 512');
  await expect.poll(() => inputPixel(page, 0.5, 0.5)).toEqual([200, 30, 30, 255]);
  await draw('small.svg', 'width="80" height="80"'); // what is empty is white
  await expect(caption(page)).toContainText('1024 × 1024');
  await expect.poll(() => inputPixel(page, 0.1, 0.1)).toEqual([200, 30, 30, 255]);
  await expect.poll(() => inputPixel(page, 0.9, 0.9)).toEqual([255, 255, 255, 255]);
  expect(asked.filter((url) => /told|spy/.test(url))).toEqual([]);

  await page.getByTestId('file').setInputFiles({ name: 'broken.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg') });
  await expect(page.getByRole('alert')).toContainText('“broken.svg” is not a picture this browser can read.');
});
