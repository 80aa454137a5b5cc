/** The package in other people's builds (tests/homes), in engines other than Chromium's. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { until, type Browser } from './driver.js';
import { ENGINES } from './found.js';

const HOMES = join(import.meta.dirname, '../../homes');
const port = Number(process.env.HOMES_PORT ?? 8097);
const site = `http://127.0.0.1:${port}`;
const unbuilt = existsSync(join(HOMES, 'dist/cat.jpg')) ? null : 'tests/homes is not built';

/** What the page says when it is done. */
const said = (browser: Browser) => browser.run(() => document.querySelector('output')?.textContent);

let server: ChildProcess;
test.beforeAll(async () => {
  if (unbuilt) return;
  server = spawn(process.execPath, [join(HOMES, 'serve.mjs'), String(port)], { stdio: ['ignore', 'ignore', 'inherit'] });
  await until('the server of the homes', () =>
    fetch(`${site}/cat.jpg`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
});
test.afterAll(() => server?.kill());

for (const { name, start, missing } of ENGINES) {
  test.describe(name, () => {
    test.skip(!start || unbuilt !== null, start ? (unbuilt ?? '') : missing);
    let browser: Browser;
    test.beforeAll(async () => {
      browser = await start!(site);
    });
    test.afterAll(() => browser?.close());

    for (const home of ['import-map', 'vite'])
      test(home, async () => {
        await browser.open(`/${home}/`);
        const told = await until('what it shows', () => said(browser));
        expect(told).toMatch(/^cat, layer2\.0 32 x 16 x 16, (relaxed|simd128), 1$/);
      });

    test('sandbox: a frame of no origin tells its page', async () => {
      await browser.open('/sandbox/');
      expect(await until('what the frame tells', () => said(browser))).toBe('cat of null');
    });

    test('article: the element draws', async () => {
      await browser.open('/article/');
      const stations = await until('the map', () =>
        browser.run(() => document.querySelector('skip-scope')?.shadowRoot?.querySelectorAll('[data-station]').length),
      );
      expect(stations).toBe(9);
    });
  });
}
