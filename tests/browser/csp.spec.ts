/** The content policy (www/csp.ts): every answer of the server has it, the page keeps to it, and it stops what it should. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { blocks, choose, open, shownBlock } from './explorer.js';

/** What the page and its workers were stopped from doing: documents have an event for it, workers only the console. */
async function watchViolations(page: Page): Promise<string[]> {
  const found: string[] = [];
  page.on('console', (message) => {
    if (/content security policy|trusted ?(type|script|html)/i.test(message.text())) found.push(message.text());
  });
  await page.exposeFunction('tellViolation', (what: string) => void found.push(what));
  await page.addInitScript(() => {
    const { tellViolation } = window as unknown as { tellViolation(what: string): void };
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample, sourceFile, lineNumber }) =>
      tellViolation(`${effectiveDirective}: ${blockedURI} ${sample} (${sourceFile}:${lineNumber})`),
    );
  });
  return found;
}

test('a walk through all views violates nothing', async ({ page }) => {
  const violations = await watchViolations(page);
  await open(page, '?threads=2');
  await choose(page, 'upright.jpg');
  await page.getByRole('button', { name: 'layer2.0', exact: true }).click();
  await shownBlock(page, 'layer2.0');
  const views = page.getByRole('navigation', { name: 'Views' }).getByRole('link');
  const count = await views.count();
  expect(count).toBeGreaterThanOrEqual(3);
  for (let index = count - 1; index >= 0; index--) {
    await views.nth(index).click();
    await expect(views.nth(index)).toHaveAttribute('aria-current', 'page');
    await page.waitForLoadState('networkidle');
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    // Everything that unfolds, once.
    for (const summary of await page.locator('summary').all()) if (await summary.isVisible()) await summary.click();
  }
  expect(violations).toEqual([]);
});

test('the benchmark’s libraries run within their worker’s own policy', async ({ page }) => {
  test.slow();
  const violations = await watchViolations(page);
  await page.goto('/?view=benchmark');
  await page.waitForFunction(() => 'skipscopeBenchmark' in window);
  const choice = { networks: ['resnet18'], sides: [64], engines: ['skipscope', 'onnxruntime-web', 'tfjs-wasm'], rounds: 1 };
  for (const threads of [1, 2]) {
    await page.evaluate((wanted) => (window as unknown as { skipscopeBenchmark: { run(choice: object): Promise<unknown> } }).skipscopeBenchmark.run(wanted), {
      ...choice,
      threads: [threads],
    });
  }
  expect(violations).toEqual([]);
});

test('no text becomes a script or a style, and nothing is loaded from elsewhere', async ({ page }) => {
  const violations = await watchViolations(page);
  await open(page);
  const thrown = await page.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve)); // the debugger, which calls this, may use eval
    const name = (act: () => unknown): string => {
      try {
        act();
        return 'nothing';
      } catch (error) {
        return (error as Error).name;
      }
    };
    const script = document.createElement('script');
    return {
      eval: name(() => (0, eval)('1')),
      html: name(() => (document.createElement('p').innerHTML = '<img>')),
      text: name(() => (script.text = '1')),
      foreign: name(() => new Worker('https://skipscope.invalid/worker.js')),
    };
  });
  expect(thrown).toEqual({ eval: 'EvalError', html: 'TypeError', text: 'TypeError', foreign: 'TypeError' });
  violations.length = 0;
  await page.evaluate(async () => {
    document.head.append(document.createElement('style'));
    document.querySelector('style')!.textContent = 'p { color: red }';
    document.body.setAttribute('style', 'color: red');
    await fetch('https://skipscope.invalid/').catch(() => {});
    new Image().src = 'https://skipscope.invalid/picture.png';
    const address = URL.createObjectURL(new Blob([''], { type: 'text/javascript' }));
    try {
      new Worker(address);
    } catch {
      // its address is a text that no policy of the page has seen
    }
  });
  for (const directive of ['style-src-elem', 'style-src-attr', 'connect-src', 'img-src', 'require-trusted-types-for']) {
    await expect.poll(() => violations.join('\n')).toContain(`${directive}: `);
  }
});

test('every answer has the headers, 304 and 404 too, and the built page has the policy in itself', async ({ request }) => {
  const html = readFileSync(join(import.meta.dirname, '../../www/dist/index.html'), 'utf8');
  const script = html.match(/src="\.\/(assets\/[^"]+\.js)"/)![1]!;
  for (const path of ['/', `/${script}`, '/models/registry.json']) {
    const first = await request.get(path);
    const again = await request.get(path, { headers: { 'If-None-Match': first.headers().etag ?? '"none"' } });
    if (path !== '/') expect(again.status(), path).toBe(304); // as WebKit asks for a worker's script at every second load
    for (const answer of [first, again, await request.get(`${path}-that-is-not-there`)]) {
      expect(answer.headers(), `${path}: ${answer.status()}`).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      });
    }
  }
  const header = (await request.get('/')).headers()['content-security-policy']!;
  const meta = html.match(/<meta http-equiv="Content-Security-Policy" content="([^"]+)"/)![1]!.replaceAll('&#39;', "'");
  expect(header).toBe(`${meta}; frame-ancestors 'none'`);
  expect(header).toContain("worker-src 'self';");
  // The hub, where a visitor may download a model from, for the page alone: no worker may ask it.
  const hub = JSON.parse(readFileSync(join(import.meta.dirname, '../../www/public/models/hub.json'), 'utf8')) as { origin: string; redirects: string[] };
  const hosts = ` ${[hub.origin, ...hub.redirects].join(' ')}`;
  expect(header).toContain(`connect-src 'self'${hosts};`);
  for (const word of ["'unsafe-eval'", "'unsafe-inline'", 'http:', 'https:', '*']) expect(header.replace(hosts, '')).not.toContain(word);
  const ofScript = (await request.get(`/${script}`)).headers()['content-security-policy']!;
  expect(ofScript).toBe(header.replace(hosts, ''));
  expect(html).not.toMatch(/<style|style="|<script>/);
});

test('the development server keeps to it, too', async ({ page }) => {
  const www = join(import.meta.dirname, '../../www');
  const server = spawn(process.execPath, ['node_modules/vite/bin/vite.js', '--host', '127.0.0.1', '--port', '5600'], {
    cwd: www,
    env: { ...process.env, NO_COLOR: '1' },
  });
  try {
    const address = await new Promise<string>((resolve, reject) => {
      let said = '';
      server.stdout.on('data', (chunk) => {
        const found = (said += chunk).match(/http:\/\/127\.0\.0\.1:\d+\//);
        if (found) resolve(found[0]);
      });
      server.on('exit', () => reject(new Error(`the server ended: ${said}`)));
    });
    const violations = await watchViolations(page);
    await page.goto(`${address}?threads=2`);
    await expect(blocks(page).first()).toBeVisible();
    await expect.poll(() => page.evaluate(() => getComputedStyle(document.body).margin)).toBe('0px'); // the style sheets are there
    expect(violations).toEqual([]);
  } finally {
    server.kill();
  }
});
