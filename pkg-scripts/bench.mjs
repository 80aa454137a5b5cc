// Runs the page's benchmark in headless Chromium: serves www/dist, opens the Benchmark view, starts it, shows its progress.
//     node bench.mjs '{"networks": ["resnet18"], ...}' OUT TABLE      OUT, TABLE: files, or empty
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';

const { chromium } = createRequire(new URL('../tests/browser/package.json', import.meta.url))('@playwright/test');
const [choice, out, table] = process.argv.slice(2);

/** A port that is free now. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const port = await freePort();
const server = spawn(process.execPath, ['node_modules/vite/bin/vite.js', 'preview', '--host', '127.0.0.1', '--port', String(port), '--logLevel', 'warn'], {
  cwd: new URL('../www', import.meta.url),
  env: { ...process.env, PORT: String(port) },
  stdio: ['ignore', 2, 2],
});
const stop = () => server.kill();
process.on('exit', stop);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
server.on('exit', (code) => code && process.exit(code));

const browser = await chromium.launch({
  executablePath: process.env.SKIPSCOPE_BROWSER || undefined,
  args: JSON.parse(readFileSync(new URL('chromium-arguments.json', import.meta.url), 'utf8')),
});
const page = await browser.newPage({ serviceWorkers: 'block' }); // nothing is fetched beside what is timed
page.on('pageerror', (error) => console.error(`page error: ${error.message}`));
page.on('console', (message) => message.type() === 'error' && console.error(`page: ${message.text()}`));
for (let tries = 0; ; tries++) {
  try {
    await page.goto(`http://127.0.0.1:${port}/?view=benchmark`);
    break;
  } catch (error) {
    if (tries === 50) throw error;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
await page.waitForFunction(() => window.skipscopeBenchmark);

let shown = '';
const watch = setInterval(async () => {
  const now = await page.evaluate(() => window.skipscopeBenchmark.progress).catch(() => null);
  const line = now && `${String(Math.round(100 * now.done)).padStart(3)} %  ${now.what}`;
  if (line && line !== shown) console.error((shown = line));
}, 1000);

let failed = false;
try {
  const { report, markdown } = await page.evaluate((wanted) => window.skipscopeBenchmark.run(wanted), JSON.parse(choice));
  report.browser = `${report.browser} (${browser.version()})`;
  if (out) writeFileSync(out, `${JSON.stringify(report, null, 2)}\n`);
  if (table) writeFileSync(table, markdown);
  process.stdout.write(markdown);
} catch (error) {
  console.error(`skipscope: ${error.message}`);
  failed = true;
}
clearInterval(watch);
await browser.close();
process.exit(failed ? 1 : 0);
