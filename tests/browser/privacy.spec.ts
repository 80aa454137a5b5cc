import { expect, test } from '@playwright/test';
import { blocks, caption, choose, open } from './explorer.js';

test('no request leaves the origin', async ({ page, context, baseURL }) => {
  const urls: string[] = [];
  context.on('request', (request) => urls.push(request.url()));
  page.on('websocket', (socket) => urls.push(socket.url()));
  await open(page);
  await page.getByRole('button', { name: 'A cup of coffee' }).click();
  await expect(caption(page)).toContainText('A cup of coffee');
  await choose(page, 'upright.jpg');
  await page.getByRole('button', { name: 'layer2.0', exact: true }).click();
  await expect(page.getByTestId('loupe')).toBeVisible();
  await page.getByRole('combobox', { name: 'Model' }).selectOption('plain20');
  await expect(page.getByTestId('no-identity').first()).toBeVisible();
  await expect(blocks(page)).toHaveCount(9);

  expect(urls.some((url) => url.endsWith('resnet20.gguf'))).toBe(true); // the worker's requests are seen too
  const foreign = urls.filter((url) => !url.startsWith(`${baseURL}/`) && !/^(blob|data):/.test(url));
  expect(foreign).toEqual([]);
  // A picture of one's own causes none at all.
  const before = urls.length;
  await choose(page, 'grey.jpg');
  expect(urls.slice(before).filter((url) => !/^(blob|data):/.test(url))).toEqual([]);
});

test('the page is cross-origin isolated, as threads need it', async ({ page }) => {
  await open(page);
  await expect.poll(() => page.evaluate(() => crossOriginIsolated)).toBe(true);
});

test('the content policy would stop one', async ({ page }) => {
  await open(page);
  const blocked = await page.evaluate(async () => {
    const violation = new Promise<string>((resolve) =>
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), { once: true }),
    );
    await fetch('https://skipscope.invalid/').catch(() => {});
    return violation;
  });
  expect(blocked).toBe('connect-src');
});
