import { expect, test } from '@playwright/test';
import { block, blocks, caption, choose, open } from './explorer.js';

test('model, sample and open block live in the address; back and forward walk them', async ({ page }) => {
  await open(page);
  const query = () => new URL(page.url()).search;
  expect(query()).toBe('?model=resnet20&sample=cat');

  await page.getByRole('button', { name: 'A cup of coffee' }).click();
  await expect(caption(page)).toContainText('A cup of coffee');
  await page.getByRole('button', { name: 'layer2.0' }).click();
  await expect(block(page, 'layer2.0').getByTestId('loupe')).toBeVisible();
  expect(query()).toBe('?model=resnet20&sample=coffee&block=layer2.0');
  await page.getByRole('combobox', { name: 'Model' }).selectOption('plain20');
  await expect(block(page, 'layer2.0').getByTestId('no-identity').first()).toBeVisible();
  expect(query()).toBe('?model=plain20&sample=coffee&block=layer2.0');

  await page.goBack();
  await expect(page.getByTestId('no-identity')).toHaveCount(0);
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('resnet20');
  await page.goBack();
  await expect(page.getByTestId('detail')).toHaveCount(0);
  await page.goBack();
  await expect(caption(page)).toContainText('Chelsea the cat');
  for (let i = 0; i < 3; i++) await page.goForward();
  await expect(block(page, 'layer2.0').getByTestId('no-identity').first()).toBeVisible();
  await expect(caption(page)).toContainText('A cup of coffee');
});

test('an address opens what it says, in view', async ({ page }) => {
  await open(page, '?model=resnet20&sample=rocket&block=layer3.2');
  await expect(caption(page)).toContainText('Falcon 9');
  await expect(block(page, 'layer3.2').getByTestId('loupe')).toBeAttached();
  await expect(block(page, 'layer3.2').getByRole('heading', { level: 4 })).toBeInViewport();
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
