/** Two classes of one label, as ImageNet has them (crane, maillot): nothing that lists classes breaks, and they are told apart. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { open, top } from './explorer.js';
import { WWW } from './site.js';

const models = join(WWW, 'public/models');

/** ResNet-20 whose dog is called a cat, too: both are likely for a picture of a cat. */
async function serveTwins(page: Page): Promise<string[]> {
  const file = readFileSync(join(models, 'resnet20.gguf'));
  const label = (name: string) => Buffer.concat([Buffer.from([name.length, 0, 0, 0, 0, 0, 0, 0]), Buffer.from(name)]);
  const at = file.indexOf(label('dog'));
  expect(at).toBeGreaterThan(0);
  label('cat').copy(file, at);
  const registry = JSON.parse(readFileSync(join(models, 'registry.json'), 'utf8')) as { models: { id: string; sha256: string }[] };
  registry.models.find(({ id }) => id === 'resnet20')!.sha256 = createHash('sha256').update(file).digest('hex');
  await page.route('**/models/registry.json', (route) => route.fulfill({ json: registry }));
  await page.route('**/models/resnet20.gguf', (route) => route.fulfill({ body: file }));
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  return errors;
}

const twins = ['cat (3)', 'cat (5)'];
const PLACE = '?model=resnet20&sample=cat&block=layer3.2&channel=7';

for (const lesion of ['', '&lesion=layer3.1_1_0.5']) {
  test(`a channel of the last stage says what it adds to either of two twins${lesion && ', under a cut'}`, async ({ page }) => {
    const errors = await serveTwins(page);
    await open(page, PLACE + lesion);
    await expect(page.getByTestId('channel')).toBeVisible();
    await expect(page.getByTestId('channel').locator('dl')).toContainText('adds to “cat (3)”');
    await page.getByRole('button', { name: 'show five' }).click();
    await expect.poll(() => top(page).allTextContents()).toEqual(expect.arrayContaining(twins));
    await expect(page.getByTestId('channel').locator('dl').getByText('adds to “')).toHaveCount(3);
    await page.getByRole('button', { name: 'A cup of coffee' }).click();
    await expect(page.getByTestId('caption')).toContainText('A cup of coffee');
    expect(errors).toEqual([]);
  });
}

test('the twins are told apart in a comparison, too', async ({ page }) => {
  const errors = await serveTwins(page);
  await page.goto(`/${PLACE}&view=compare&against=sample:coffee`);
  await expect(page.getByTestId('side-A').locator('.label')).toHaveCount(5);
  await expect.poll(() => page.getByTestId('side-A').locator('.label').allTextContents()).toEqual(expect.arrayContaining(twins));
  await expect(page.getByTestId('channel').first()).toContainText('adds to “cat (3)”');
  expect(errors).toEqual([]);
});
