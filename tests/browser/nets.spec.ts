/** The nets compared: counted by the engine, beside what is published, and timed when asked. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';

const exhibit = (page: Page) => page.getByTestId('exhibit-nets');
const row = (page: Page, net: string) => exhibit(page).locator(`tr[data-net="${net}"]`);

async function open(page: Page, more = '') {
  await page.goto(`/?view=why&model=resnet20&exhibit=nets${more}`);
  await expect(exhibit(page).getByTestId('net-scatter')).toBeVisible();
}

test('every design stands with its numbers, and a row marks its dot', async ({ page }) => {
  await open(page);
  await expect(exhibit(page).locator('tbody tr')).toHaveCount(19);
  await expect(row(page, 'resnet50')).toContainText('25.6 M');
  await expect(row(page, 'resnet50')).toContainText(/4\.09\s*3\.8\s*4\.089/);
  await expect(row(page, 'resnext101_32x4d')).toContainText(/7\.97\s*8\.01/);
  await row(page, 'resnetv2_50').hover();
  await expect(exhibit(page).getByTestId('net-read')).toHaveText(/^ResNet-50 v2: 25\.5 M parameters, 4\.1 G multiply-adds, 50 layers in 16 blocks$/);
  await expect(exhibit(page).locator('circle.pointed')).toHaveCount(1);
  expect((await new AxeBuilder({ page }).include('[data-testid="exhibit-nets"]').analyze()).violations).toEqual([]);
});

test('nothing is timed by itself; one net is when asked, and what was begun can be stopped', async ({ page }) => {
  const workers: string[] = [];
  page.on('worker', (worker) => workers.push(worker.url()));
  await open(page, '&compared=cifar');
  await expect(exhibit(page).locator('tbody tr')).toHaveCount(5);
  expect(workers.filter((url) => /source|bench/i.test(url))).toEqual([]);
  await exhibit(page).getByRole('button', { name: 'Time ResNet-20' }).click();
  await expect(row(page, 'resnet20').locator('.time')).toContainText(/[\d.]+ ms/);
  await exhibit(page).getByRole('button', { name: 'Time the other 4' }).click();
  await exhibit(page).getByRole('button', { name: 'Stop timing' }).click();
  await expect(exhibit(page).getByRole('button', { name: /^Time the other \d$/ })).toBeEnabled();
  await expect(row(page, 'resnet110').locator('.time')).not.toContainText('ms');
});

test('the kind of pictures is in the address', async ({ page }) => {
  await open(page);
  await exhibit(page).getByText('CIFAR-10, 32 × 32').click();
  await expect(row(page, 'resnet110')).toContainText('1.7 M');
  await expect.poll(() => new URL(page.url()).searchParams.get('compared')).toBe('cifar');
  await expect(exhibit(page).getByTestId('verdict')).toContainText('between 146 and 150 times');
});
