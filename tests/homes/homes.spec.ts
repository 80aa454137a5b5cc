/** The package in other people's builds: each home classifies a sample and shows a block, on a plain host, with no other to ask. */
import { expect, test } from '@playwright/test';
import { HOMES } from './files.mjs';

for (const home of HOMES) {
  test(home, async ({ page, baseURL }) => {
    const dev = home === 'vite-dev';
    const base = new URL(baseURL!);
    if (dev) base.port = String(Number(base.port) + 1);
    const elsewhere: string[] = [];
    const wrong: string[] = [];
    await page.route('**/*', (route) => {
      const url = new URL(route.request().url());
      if (url.host === base.host || ['blob:', 'data:'].includes(url.protocol)) return route.continue();
      elsewhere.push(url.href);
      return route.abort();
    });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !message.text().includes('favicon')) wrong.push(`${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => wrong.push(String(error)));
    await page.goto(dev ? `${base.origin}/vite/` : `${base.origin}/${home}/`);
    await expect(page.locator('output')).toHaveText(/^cat, layer2\.0 32 x 16 x 16, (relaxed|simd128), 1$/);
    expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(false);
    // It has drawn what it took out: neither blank nor of one colour.
    const colours = await page
      .locator('canvas')
      .evaluate((canvas: HTMLCanvasElement) => new Set(canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data).size);
    expect(colours).toBeGreaterThan(20);
    expect(elsewhere).toEqual([]);
    expect(wrong.filter((line) => !line.includes('/favicon.ico'))).toEqual([]);
  });
}
