import { expect, test } from '@playwright/test';
import { block, blocks, caption, choose, open, shownBlock } from './explorer.js';

test('model, sample and open block live in the address; back and forward walk them', async ({ page }) => {
  await open(page);
  const query = () => new URL(page.url()).search;
  expect(query()).toBe('?model=resnet20&sample=cat');

  await page.getByRole('button', { name: 'A cup of coffee' }).click();
  await expect(caption(page)).toContainText('A cup of coffee');
  await block(page, 'layer3.2').getByRole('button', { name: 'layer3.2' }).click();
  await shownBlock(page, 'layer3.2');
  expect(query()).toBe('?model=resnet20&sample=coffee&block=layer3.2');
  await page.getByRole('combobox', { name: 'Model' }).selectOption('plain20');
  await expect(page.getByTestId('detail').getByTestId('no-identity')).toBeVisible();
  expect(query()).toBe('?model=plain20&sample=coffee&block=layer3.2');

  await page.goBack();
  await expect(page.getByTestId('no-identity')).toHaveCount(0);
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('resnet20');
  await page.goBack();
  await shownBlock(page, 'layer1.1'); // the one that is chosen where the address names none
  await page.goBack();
  await expect(caption(page)).toContainText('Chelsea the cat');
  for (let i = 0; i < 3; i++) await page.goForward();
  await expect(page.getByTestId('detail').getByTestId('no-identity')).toBeVisible();
  await expect(caption(page)).toContainText('A cup of coffee');
});

test('an address opens what it says', async ({ page }) => {
  await open(page, '?model=resnet20&sample=rocket&block=layer3.2');
  await expect(caption(page)).toContainText('Falcon 9');
  await expect((await shownBlock(page, 'layer3.2')).getByTestId('loupe')).toBeAttached();
  await expect(block(page, 'layer3.2').getByRole('button', { name: 'layer3.2' })).toHaveAttribute('aria-pressed', 'true');
});

test('an address that names what does not exist opens the default', async ({ page }) => {
  await open(page, '?model=nothing&sample=nothing&block=layer9.9');
  await expect(blocks(page)).toHaveCount(9);
  await expect.poll(() => new URL(page.url()).search).toBe('?model=resnet20&sample=cat');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('back returns to a picture of one’s own', async ({ page }) => {
  await open(page);
  await choose(page, 'upright.jpg');
  await page.getByRole('button', { name: 'A cup of coffee' }).click();
  await expect(caption(page)).toContainText('A cup of coffee');
  await page.goBack();
  await expect(caption(page)).toContainText('upright.jpg');
});

test('a picture of one’s own is there again after a reload, its crop and place in the history, too', async ({ page }) => {
  await open(page);
  await choose(page, 'upright.jpg');
  const pixels = () => page.getByTestId('input').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const before = await pixels();
  await page.reload();
  await expect(caption(page)).toContainText('upright.jpg');
  await expect.poll(pixels).toBe(before);
  await expect.poll(() => new URL(page.url()).searchParams.has('sample')).toBe(false);
  await page.getByRole('button', { name: 'A cup of coffee' }).click();
  await expect(caption(page)).toContainText('A cup of coffee');
  await page.reload();
  await expect(caption(page)).toContainText('A cup of coffee');
  await page.goBack();
  await expect(caption(page)).toContainText('upright.jpg');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('where the browser keeps nothing, a picture that is gone after a reload is said to be, and none stands under its name', async ({ page }) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('A mutation operation was attempted on a database that did not allow mutations.', 'InvalidStateError');
    };
  });
  await open(page);
  await choose(page, 'upright.jpg');
  await page.getByRole('button', { name: 'A cup of coffee' }).click();
  await expect(caption(page)).toContainText('A cup of coffee');
  await page.reload();
  await expect(caption(page)).toContainText('A cup of coffee');
  await choose(page, 'grey.jpg'); // the first picture of this visit
  await page.goBack();
  await expect(caption(page)).toContainText('A cup of coffee');
  await page.goBack();
  await expect(page.getByRole('alert')).toContainText('“upright.jpg” is no longer here');
  await expect(page.getByRole('alert')).toContainText('Chelsea the cat is shown instead');
  await expect(caption(page)).toContainText('Chelsea the cat');
  await expect.poll(() => new URL(page.url()).searchParams.get('sample')).toBe('cat');
  await page.goForward();
  await expect(caption(page)).toContainText('A cup of coffee');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.goForward();
  await expect(caption(page)).toContainText('grey.jpg'); // of this visit
});

test('an address bar that refuses does not stop the page', async ({ page }) => {
  await page.addInitScript(() => {
    const refuse = () => {
      throw new DOMException('Attempt to use history.replaceState() more than 100 times per 30 seconds', 'SecurityError');
    };
    Object.assign(window, { refuse: () => Object.assign(history, { pushState: refuse, replaceState: refuse }) });
  });
  await open(page);
  await page.evaluate(() => (window as unknown as { refuse(): void }).refuse());
  await block(page, 'layer3.2').getByRole('button', { name: 'layer3.2' }).click();
  await shownBlock(page, 'layer3.2');
  await page.getByRole('slider', { name: /residual F/ }).press('Home');
  await expect(page.getByTestId('lesion-summary')).toBeVisible();
  await page.getByRole('combobox', { name: 'Model' }).selectOption('plain20');
  await expect(page.getByTestId('detail').getByTestId('no-identity')).toBeVisible();
});

test('what an address asks for and there is not is said in one quiet line, and leaves the address', async ({ page }) => {
  await open(page, '?model=resnet20&sample=cat&block=nonsense&channel=99999&lesion=layer9.9_1_0&view=zzz&sort=sideways');
  const line = page.getByTestId('asked');
  for (const words of ['view “zzz”', 'order “sideways”', 'block “nonsense”', 'cut “layer9.9”', 'channel “99999”']) await expect(line).toContainText(words);
  await expect.poll(() => new URL(page.url()).search).toBe('?model=resnet20&sample=cat');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await line.getByRole('button', { name: 'Dismiss' }).click();
  await expect(line).toHaveCount(0);
  await open(page, '?model=resnet20&sample=cat&block=layer3.2&channel=3&lesion=layer1.0_1_0');
  await expect(line).toHaveCount(0);
  await expect.poll(() => new URL(page.url()).search).toBe('?model=resnet20&sample=cat&block=layer3.2&channel=3&lesion=layer1.0_1_0');
});
