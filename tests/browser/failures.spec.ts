/** What the engine does when a part of it fails: its binary traps, a thread dies or never comes, memory or cache are refused. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page, type Route } from '@playwright/test';
import { blocks, caption, expectEngine, open, top } from './explorer.js';
import { COMMAND, trapIn, trapInHelpers } from './wasm-trap.js';

const PKG = join(import.meta.dirname, '../../www/src/engine/pkg');
const FLAVOURS = readdirSync(PKG).sort();
const THREADED = FLAVOURS.filter((flavour) => flavour.startsWith('threads'));
const alert = (page: Page) => page.getByRole('alert');
const again = (page: Page) => page.getByRole('button', { name: /^(Try|Start) again$/ });

/** Serves binaries with a fault; `faulty` set to false, sound ones. */
async function serve(page: Page, fault: (wasm: Buffer) => Buffer): Promise<{ faulty: boolean; served: number }> {
  const state = { faulty: true, served: 0 };
  await page.route('**/*.wasm', async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    await route.fulfill({ response, body: state.faulty ? fault(body) : body });
    state.served++;
  });
  return state;
}

/** Puts something before everything that a worker's script does. */
async function prelude(page: Page, script: RegExp, text: (count: number) => string | null): Promise<void> {
  let count = 0;
  await page.route(script, async (route: Route) => {
    const response = await route.fetch();
    const first = text(count++);
    if (first === null) return; // it never comes
    await route.fulfill({ response, body: first + (await response.text()) });
  });
}
const ENGINE = /\/assets\/worker-[^/]+\.js$/;
const HELPER = /\/assets\/helper-[^/]+\.js$/;

const classify = (page: Page) =>
  page.evaluate(async () => {
    const picture = await (await fetch('samples/cat.jpg')).blob();
    return (await window.skipscope!.classify(picture)).top[0]!.label;
  });

for (const flavour of FLAVOURS) {
  test(`a trap while a model arrives is said to be one, and a fresh worker takes over, ${flavour}`, async ({ page }) => {
    const binary = await serve(page, (wasm) => trapIn(wasm, 'loader_push'));
    await page.goto(`/?flavour=${flavour}&threads=2`);
    await expect(alert(page)).toContainText('the engine stopped (unreachable');
    await expect(alert(page)).not.toContainText('ownership'); // what the loader says when it is let go of
    const { served } = binary;
    await again(page).click(); // no better
    await expect.poll(() => binary.served).toBe(served + 1);
    await expect(again(page)).toBeVisible();
    await expect(alert(page)).toContainText('the engine stopped (unreachable');
    binary.faulty = false;
    await again(page).click();
    await expect(blocks(page)).toHaveCount(9);
    await expectEngine(page, flavour);
    expect(await classify(page)).toBe('cat');
  });
}

for (const flavour of THREADED) {
  test(`a thread that dies ends its engine at once, and the page starts another, ${flavour}`, async ({ page }) => {
    // The page hands its helpers the memory: so the test comes by it.
    await page.addInitScript(() => {
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (this: Worker, message: unknown, ...rest: never[]) {
        const memory = (message as { argumentList?: { value?: { memory?: WebAssembly.Memory } }[] }).argumentList?.[0]?.value?.memory;
        if (memory) Object.assign(window, { memory });
        return (postMessage as (...all: unknown[]) => void).call(this, message, ...rest);
      } as typeof postMessage;
    });
    await serve(page, trapInHelpers);
    await open(page, `?flavour=${flavour}&threads=2`);
    await expectEngine(page, flavour, 2);
    expect(await classify(page)).toBe('cat');
    const fate = await page.evaluate(async (command) => {
      const picture = await (await fetch('samples/cat.jpg')).blob();
      const { memory } = window as unknown as { memory: WebAssembly.Memory };
      new Int32Array(memory.buffer)[command / 4] = 1;
      const began = performance.now();
      const calls = [window.skipscope!.classify(picture), window.skipscope!.classify(picture), window.skipscope!.memory()];
      const settled = await Promise.allSettled(calls);
      return { after: performance.now() - began, kinds: settled.map((call) => (call.status === 'rejected' ? (call.reason as Error).name : 'answered')) };
    }, COMMAND);
    expect(fate.kinds.slice(0, 2)).toEqual(['crashed', 'crashed']);
    expect(fate.after).toBeLessThan(1000);
    await expect(alert(page)).toContainText('It was started again.');
    expect(await classify(page)).toBe('cat'); // in fresh memory
    await page.getByRole('button', { name: 'A cup of coffee' }).click();
    await expect(caption(page)).toContainText('A cup of coffee');
    await expect.poll(() => page.workers().length).toBe(2);
  });

  test(`threads that trap as they start give way to a flavour without, and no message, ${flavour}`, async ({ page }) => {
    await serve(page, (wasm) => (wasm.includes('pool_work') ? trapIn(wasm, 'pool_work') : wasm));
    await open(page, `?flavour=${flavour}&threads=2`);
    await expectEngine(page, 'relaxed', 1);
    await expect(alert(page)).toHaveCount(0);
    await expect.poll(() => page.workers().length).toBe(1);
  });
}

test('threads that never come are tried once more', async ({ page }) => {
  await prelude(page, HELPER, (count) => (count === 0 ? null : ''));
  await open(page, '?threads=2');
  await expectEngine(page, 'threads', 2);
  await expect(alert(page)).toHaveCount(0);
  await expect.poll(() => page.workers().length).toBe(2);
});

test('threads that never come at all are done without', async ({ page }) => {
  let asked = 0;
  await prelude(page, HELPER, () => (asked++, 'for (;;);'));
  await open(page, '?threads=2');
  await expectEngine(page, 'relaxed', 1);
  await expect(alert(page)).toHaveCount(0);
  expect(asked).toBe(2); // not for every flavour that has threads
  expect(await classify(page)).toBe('cat');
});

test('a worker that dies while its model arrives leaves nothing waiting', async ({ page }) => {
  let held = false;
  await page.route('**/models/resnet56.gguf', (route) => (held ? undefined : route.continue()));
  await open(page, '?threads=1');
  held = true;
  await page.getByRole('combobox', { name: 'Model' }).selectOption('resnet56');
  await expect(page.getByRole('progressbar')).toBeVisible();
  const waiting = page.evaluate(() =>
    window.skipscope!.use('resnet56').then(
      () => 'loaded',
      (error: Error) => error.message,
    ),
  );
  held = false;
  await page.workers()[0]!.evaluate(
    () =>
      void setTimeout(() => {
        throw new RangeError('out of memory');
      }),
  );
  expect(await waiting).toMatch(/loaded|out of memory/);
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await expect(blocks(page)).toHaveCount(27);
  expect(await classify(page)).toBe('cat');
});

test('where a browser refuses a gigabyte of shared memory, less will do', async ({ page }) => {
  await prelude(
    page,
    ENGINE,
    () => `{
    const { Memory } = WebAssembly;
    WebAssembly.Memory = function (descriptor) {
      if (descriptor.shared && descriptor.maximum > 4096) throw new RangeError('could not allocate memory');
      if (descriptor.shared) console.info('pages', descriptor.maximum);
      return new Memory(descriptor);
    };
  };`,
  );
  const pages: string[] = [];
  page.on('console', (message) => message.text().startsWith('pages') && pages.push(message.text()));
  await open(page, '?threads=2');
  await expectEngine(page, 'threads', 2);
  expect(pages).toEqual(['pages 4096']);
  expect(await classify(page)).toBe('cat');
});

test('a cache without room stops no load', async ({ page }) => {
  await prelude(
    page,
    ENGINE,
    () => `Cache.prototype.put = async (_, response) => {
    const reader = response.body.getReader();
    await reader.read();
    await reader.cancel();
    throw new DOMException('no room', 'QuotaExceededError');
  };`,
  );
  await open(page, '?model=resnet56');
  await expect(blocks(page)).toHaveCount(27);
  await expect(top(page).first()).toBeVisible();
  await expect(alert(page)).toHaveCount(0);
});

test('a file that is no picture is said to be none, and the engine lives', async ({ page }) => {
  await open(page);
  const said = await page.evaluate(() => window.skipscope!.classify(new Blob([new Uint8Array(1000)])).catch((error: Error) => error.name));
  expect(said).toBe('not-a-picture');
  expect(await classify(page)).toBe('cat');
});
