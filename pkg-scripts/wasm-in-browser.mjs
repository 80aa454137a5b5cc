// A cargo test runner: runs one wasm test file in headless Chromium, or in the Firefox that SKIPSCOPE_FIREFOX names, and passes
// its output on.
//     node wasm-in-browser.mjs path/to/wasm-bindgen-test-runner tests.wasm [filters]
// wasm-bindgen-test-runner can drive a browser itself, but only through a chromedriver of exactly the browser's version,
// which few machines have. So it only serves the test page here, and Playwright, which the browser tests need anyway, opens it.
import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const { chromium, firefox } = createRequire(new URL('../tests/browser/package.json', import.meta.url))('@playwright/test');
const [runner, ...args] = process.argv.slice(2);
const minutes = 15;

const server = spawn(runner, args, {
  env: { ...process.env, NO_HEADLESS: '1', WASM_BINDGEN_USE_BROWSER: '1', WASM_BINDGEN_TEST_ADDRESS: '127.0.0.1:0' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
process.on('exit', () => server.kill());
// A timer, not a look at the clock in the loop below: a page that hangs in wasm answers nothing.
setTimeout(() => {
  console.error(`no result after ${minutes} minutes`);
  process.exit(1);
}, minutes * 60_000);

let said = '';
const address = await new Promise((resolve) => {
  server.stdout.on('data', (chunk) => {
    said += chunk;
    const found = said.match(/available at (http:\S+)/);
    if (found) resolve(found[1]);
  });
  server.on('close', () => resolve(undefined)); // e.g. a test file with no test in it
});
if (!address) {
  process.stdout.write(said);
  process.exit(server.exitCode ?? 1);
}

const stockFirefox = process.env.SKIPSCOPE_FIREFOX;
const launch = stockFirefox
  ? () => firefox.launch({ channel: 'moz-firefox', executablePath: stockFirefox })
  : () =>
      chromium.launch({
        executablePath: process.env.SKIPSCOPE_BROWSER || undefined,
        args: JSON.parse(readFileSync(new URL('chromium-arguments.json', import.meta.url), 'utf8')),
      });
const browser = await launch();
const page = await browser.newPage();
page.on('pageerror', (error) => console.error(`page error: ${error.message}`));
await page.goto(address);

let shown = 0;
for (;;) {
  const output = await page.evaluate(() => document.getElementById('output').textContent);
  process.stdout.write(output.slice(shown));
  shown = output.length;
  const result = output.match(/test result: (\w+)/);
  if (result) {
    await browser.close();
    process.exit(result[1] === 'ok' ? 0 : 1);
  }
  await page.waitForTimeout(100);
}
