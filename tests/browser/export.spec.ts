import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { classify, open } from './explorer.js';

const CAT = new URL('../../www/public/samples/cat.jpg', import.meta.url).pathname;
const BLOCK = 'layer3.1';

async function take(page: Page, press: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

async function openBlock(page: Page): Promise<void> {
  await open(page, `?model=resnet20&sample=cat&block=${BLOCK}`);
  await expect(page.getByTestId('npy-tensor')).toBeVisible();
}

test('NPY files hold exactly the tensors of the engine', async ({ page }) => {
  await openBlock(page);
  const { blocks } = await classify(page, CAT, { block: BLOCK });
  const detail = blocks.find(({ name }) => name === BLOCK)!.detail!;
  const sum = Float32Array.from(detail.residual.data, (value, i) => value + detail.identity!.data[i]!);
  const expected = { identity: detail.identity!.data, residual: detail.residual.data, sum, output: detail.output.data, conv1: detail.steps[0]!.tensor.data };
  for (const [branch, values] of Object.entries(expected)) {
    await page.getByTestId('npy-tensor').selectOption(branch);
    const { name, bytes } = await take(page, () => page.getByRole('button', { name: /as NPY/ }).click());
    expect(name).toBe(`resnet20_cat_${BLOCK}_${branch}.npy`);
    expect(bytes.subarray(0, 8)).toEqual(Buffer.from('\x93NUMPY\x01\x00', 'latin1'));
    const start = 10 + bytes.readUInt16LE(8);
    expect(start % 64).toBe(0);
    expect(bytes.subarray(10, start).toString('latin1').trimEnd()).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 64, 8, 8), }");
    expect(bytes.length).toBe(start + 4 * 64 * 64);
    let worst = 0;
    for (let i = 0; i < values.length; i++) worst = Math.max(worst, Math.abs(bytes.readFloatLE(start + 4 * i) - values[i]!));
    expect(worst, branch).toBe(0);
    expect(values.some((value) => value !== 0)).toBe(true);
  }
});

test('the CSV has a row per block with the engine’s statistics', async ({ page }) => {
  await openBlock(page);
  const { blocks } = await classify(page, CAT);
  const { name, bytes } = await take(page, () => page.getByRole('button', { name: /as CSV/ }).click());
  expect(name).toBe('resnet20_cat_blocks.csv');
  const [header, ...rows] = bytes
    .toString('utf8')
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
  expect(rows).toHaveLength(9);
  const column = (title: string) => header!.indexOf(title);
  expect(column('time (ms)')).toBeGreaterThan(0);
  rows.forEach((row, index) => {
    expect(row).toHaveLength(header!.length);
    expect(row[column('block')]).toBe(blocks[index]!.name);
    expect(Number(row[column('residual rms')])).toBe(blocks[index]!.residual.rms);
    expect(Number(row[column('clipped by ReLU (share)')])).toBe(blocks[index]!.clipped);
  });
});

/** How a browser reads a file: its size and how many colours it shows. */
async function looked(page: Page, bytes: Buffer, type: string): Promise<{ width: number; height: number; colours: number }> {
  return page.evaluate(
    async ([base64, type]) => {
      const image = new Image();
      image.src = `data:${type};base64,${base64}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = image.naturalWidth;
      canvas.height = image.naturalHeight;
      const context = canvas.getContext('2d')!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      return { width: canvas.width, height: canvas.height, colours: new Set(new Uint32Array(data.buffer)).size };
    },
    [bytes.toString('base64'), type] as const,
  );
}

for (const [id, words] of [
  ['block', ['residual F(x)', 'Channels, row by row', 'Chelsea the cat']],
  ['depth', ['cosine of x and F(x)', 'SkipScope']],
  ['skip-map', ['Width: rms, 0 to', 'SkipScope', 'Chelsea the cat']],
] as const) {
  test(`${id} as SVG and as PNG of twice its size`, async ({ page, context }) => {
    await openBlock(page);
    const row = page.getByTestId(`take-${id}`);
    const name = `resnet20_cat_${id === 'block' ? BLOCK : id}`;
    const svg = await take(page, () => row.getByRole('button', { name: 'SVG' }).click());
    expect(svg.name).toBe(`${name}.svg`);
    const text = svg.bytes.toString('utf8');
    for (const word of words) expect(text).toContain(word);
    // In another page: Trusted Types let no text become markup in ours, not even to look at it.
    const problem = await (
      await context.newPage()
    ).evaluate((xml) => new DOMParser().parseFromString(xml, 'image/svg+xml').querySelector('parsererror')?.textContent ?? null, text);
    expect(problem).toBeNull();
    expect(text).not.toMatch(/var\(--|class="|color\(srgb|foreignObject|https?:\/\/(?!www\.w3\.org\/)/); // it stands alone
    const drawn = await looked(page, svg.bytes, 'image/svg+xml');
    expect(drawn.colours).toBeGreaterThan(20);
    const png = await take(page, () => row.getByRole('button', { name: 'PNG' }).click());
    expect(png.name).toBe(`${name}.png`);
    expect(await looked(page, png.bytes, 'image/png')).toMatchObject({ width: 2 * drawn.width, height: 2 * drawn.height });
  });
}

test('a dark page gives a white figure, unless it is to look as the page does', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await openBlock(page);
  const paper = async () => {
    const { name, bytes } = await take(page, () => page.getByTestId('take-depth').getByRole('button', { name: 'SVG' }).click());
    return {
      name,
      fill: bytes.toString('utf8').match(/<rect width="100%" height="100%" fill="([^"]+)"/)![1],
      ink: bytes.toString('utf8').match(/font-size="16" [^>]*?font-weight|fill="(#\w+)" font-size="16"/)?.[1],
    };
  };
  await expect.poll(paper).toEqual({ name: 'resnet20_cat_depth.svg', fill: '#ffffff', ink: '#1b1d21' });
  await page.getByRole('radio', { name: 'as on the page' }).check();
  await expect.poll(paper).toEqual({ name: 'resnet20_cat_depth_dark.svg', fill: '#121417', ink: '#e9eaec' });
});

test('the input is saved without loss', async ({ page }) => {
  await openBlock(page);
  const { name, bytes } = await take(page, () => page.getByRole('button', { name: /^Input/ }).click());
  expect(name).toBe('resnet20_cat_input.png');
  const same = await page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0);
    const shown = document.querySelector<HTMLCanvasElement>('[data-testid="input"]')!;
    const of = (one: CanvasRenderingContext2D) => one.getImageData(0, 0, 32, 32).data.join();
    return canvas.width === 32 && canvas.height === 32 && of(context) === of(shown.getContext('2d')!);
  }, bytes.toString('base64'));
  expect(same).toBe(true);
});

test.describe('the clipboard', () => {
  test('takes the link and the script', async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await openBlock(page);
    await page.getByRole('button', { name: 'Copy link' }).click();
    await expect(page.getByTestId('share-said')).toContainText('The link is in the clipboard.');
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
    await page.getByRole('button', { name: 'Copy as Python' }).click();
    await expect(page.getByTestId('share-said')).toContainText('The script is in the clipboard.');
    const script = await page.evaluate(() => navigator.clipboard.readText());
    for (const line of ['MODEL = "resnet20.gguf"', 'PICTURE = "resnet20_cat_input.png"', `BLOCK = "${BLOCK}"`, 'register_forward_hook'])
      expect(script).toContain(line);
  });

  test('may refuse: then the page says so, and what to do', async ({ page }) => {
    await openBlock(page);
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await page.getByRole('button', { name: 'Copy link' }).click();
    await expect(page.getByTestId('share-said')).toContainText('did not let the page use the clipboard');
    await expect(page.getByTestId('share-link')).toHaveValue(page.url());
  });
});

test('figures of a plain net claim no x', async ({ page }) => {
  await open(page, '?model=plain20&sample=cat&block=layer3.1');
  await expect(page.getByTestId('npy-tensor')).toBeVisible();
  for (const id of ['block', 'skip-map', 'depth']) {
    const { bytes } = await take(page, () => page.getByTestId(`take-${id}`).getByRole('button', { name: 'SVG' }).click());
    const words = bytes.toString('utf8').replace(/<[^>]*>/g, '\n');
    expect(words).toContain('F(x) = sum → ReLU → output');
    expect(words).toContain('no identity branch');
    expect(words).not.toMatch(/x \+ F\(x\)|identity x|identity and residual/);
  }
});
