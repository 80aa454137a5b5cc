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

test('on an isolated page it has threads', async ({ page }) => {
  await page.goto('/isolated/vite/');
  await expect(page.locator('output')).toHaveText(/^cat, layer2\.0 32 x 16 x 16, threads(-simd128)?, \d+$/);
  expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
});

test('its files may lie on another origin, which lets others read them', async ({ page, baseURL }) => {
  const { port, host } = new URL(baseURL!);
  const elsewhere = `http://${host.startsWith('localhost') ? '127.0.0.1' : 'localhost'}:${port}`;
  const asked: string[] = [];
  page.context().on('request', (request) => asked.push(request.url()));
  await page.context().grantPermissions(['local-network-access']);
  const said = page.locator('output');
  await page.goto(`/import-map/?assets=${elsewhere}/shared/esbuild/`);
  await expect(said).toHaveText(/^cat, layer2\.0 32 x 16 x 16, (relaxed|simd128), 1$/);
  const files = asked.filter((url) => /\.(wasm|gguf)$|worker\.js$/.test(url));
  expect(files.length).toBeGreaterThan(0);
  for (const url of files) expect(url).toContain(elsewhere);
  // Without its leave.
  await page.goto(`/import-map/?assets=${elsewhere}/esbuild/`);
  await expect(said).toHaveText(/^(network|engine|crashed): /);
});
