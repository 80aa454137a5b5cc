/** The page as one file, opened from a folder: without server and network, and without asking for anything but itself. */
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test, type Page } from '@playwright/test';
import { LESSONS, LEFT_OUT } from '../../www/src/lessons/small.js';
import { block, blocks, choose, shownBlock, top } from './explorer.js';

const ROOT = join(import.meta.dirname, '../..');
const FILE = join(ROOT, 'target/single/skipscope.html');

test.beforeAll(() => {
  test.setTimeout(300_000);
  if (!existsSync(FILE)) execFileSync(join(ROOT, 'pkg-scripts/single'), { stdio: 'inherit' });
});

/** What went wrong, or was asked of anything but the document. */
let wrong: string[] = [];

test.use({ offline: true });
test.beforeEach(({ page }) => {
  wrong = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text());
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!/^(blob|data):/.test(url) && new URL(url).pathname !== pathToFileURL(FILE).pathname) wrong.push(url);
  });
});
test.afterEach(() => expect(wrong).toEqual([]));

const address = (query = '') => pathToFileURL(FILE).href + query;
const search = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);

async function open(page: Page, query = ''): Promise<void> {
  await page.goto(address(query));
  await expect(blocks(page).first()).toBeVisible();
}

test('has room on any memory stick', () => {
  expect(statSync(FILE).size).toBeLessThanOrEqual(6_000_000);
});

test('classifies, opens a block, cuts it, and a reload finds all of it again', async ({ page }) => {
  await open(page);
  await expect(top(page).first()).toHaveText('cat');
  await expect(page.getByTestId('status')).toHaveAttribute('data-flavour', 'simd128');
  const intact = await page.getByTestId('top').innerText();
  await page.locator('[data-station="layer2.1"]').first().click();
  await expect.poll(() => search(page, 'block')).toBe('layer2.1');
  await page.getByRole('button', { name: 'Cut residual F(x) of layer2.1' }).first().click();
  await expect.poll(() => search(page, 'lesion')).toBe('layer2.1_1_0');
  await expect.poll(() => page.getByTestId('top').innerText()).not.toBe(intact);
  const cut = await page.getByTestId('top').innerText();
  await page.reload();
  await expect.poll(() => page.getByTestId('top').innerText()).toBe(cut);
  await shownBlock(page, 'layer2.1');
  await page.goBack();
  await expect.poll(() => search(page, 'lesion')).toBeNull();
});

test('reads a picture of one’s own, and shows its thumbnails', async ({ page }) => {
  await open(page);
  const sheet = await page
    .locator('[data-sample]')
    .first()
    .evaluate((button) => {
      const picture = new Image();
      picture.src = /url\("(.*)"\)/.exec(getComputedStyle(button).backgroundImage)![1]!;
      return picture.decode().then(() => picture.naturalWidth > picture.naturalHeight);
    });
  expect(sheet).toBe(true);
  await choose(page, 'upright.jpg');
  await expect(block(page, 'layer1.0').first()).toBeVisible();
});

test('says of menus and views only what it has', async ({ page }) => {
  await open(page);
  await expect(page.getByRole('navigation', { name: 'Views' }).getByRole('link')).toHaveText(['Explore', 'Why residual', 'Learn', 'Compare']);
  await expect(page.getByLabel('Model').locator('optgroup option')).toHaveText([/^ResNet-20/, /^Plain-20/]);
  await page.goto(address('?view=compare&model=resnet20&sample=cat&against=model:plain20'));
  await expect(page.getByRole('navigation', { name: 'Ready comparisons' }).getByRole('link')).toHaveText([/^ResNet-20 and Plain-20/]);
  for (const side of ['A', 'B']) await expect(page.getByTestId(`side-${side}`).locator('ol')).toContainText('%');
  await page.goto(address('?view=why&exhibit=ensembles'));
  await expect(page.getByRole('radiogroup', { name: 'Nets' }).getByRole('radio')).toHaveCount(2);
});

test('the lab works: the gradient is split', async ({ page }) => {
  await page.goto(address('?view=why&exhibit=paths&model=resnet20&sample=cat'));
  await expect(page.getByTestId('paths-found')).toContainText('9 blocks make 2⁹ paths');
});

test('other formats are read by the worker that is in it', async ({ page }) => {
  await page.goto(address('?view=why&exhibit=nets'));
  await expect(page.getByTestId('net-table')).toContainText('ResNet-50');
});

test('lists the lessons that it has, and names the others', async ({ page }) => {
  await page.goto(address('?view=learn'));
  await expect(page.locator('[data-lesson]')).toHaveCount(LESSONS.length);
  for (const { title } of LEFT_OUT) await expect(page.locator('#content')).toContainText(`“${title}”`);
});

for (const lesson of LESSONS) {
  test(`“${lesson.title}” is walked to its end`, async ({ page }) => {
    test.slow();
    await page.goto(address(`?lesson=${lesson.id}.1`));
    const bar = page.getByTestId('lesson-bar');
    const answer = page.getByTestId('lesson-answer');
    for (const [i, { question }] of lesson.steps.entries()) {
      await expect(bar).toHaveAttribute('data-step', `${lesson.id}.${i + 1}`);
      await expect(bar).not.toContainText('wandered off');
      await expect(bar).not.toContainText('which this page does not have');
      if (question) {
        await bar.getByRole('group').getByRole('button').first().click();
        await expect(answer).not.toHaveAttribute('data-right', '-1');
        expect(Math.abs(Number(await answer.getAttribute('data-value')) / question.found - 1), question.ask).toBeLessThan(0.03);
      }
      if (i + 1 < lesson.steps.length) await bar.getByRole('button', { name: 'Next' }).click();
    }
  });
}
