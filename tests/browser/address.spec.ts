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
  await shownBlock(page, 'layer2.1'); // the one that is chosen where the address names none
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
