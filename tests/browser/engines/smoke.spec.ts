/** The same few steps in engines other than Chromium's: what a visitor does first, on every flavour the browser has. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { WWW } from '../site.js';
import { pressNamed, search, until, type Browser } from './driver.js';
import { ENGINES } from './found.js';
import { dropNet } from './own-model.js';

const BUILT = readdirSync(join(WWW, 'src/engine/pkg')).filter((name) => existsSync(join(WWW, 'src/engine/pkg', name, 'skipscope.js')));
const CAT = 'model=resnet20&sample=cat';

/** Opens the page and waits for the engine and its model. */
async function start(browser: Browser, query: string): Promise<{ flavour: string; threads: number; alert: string | null }> {
  await browser.open(`/?${query}`);
  await until('window.skipscope', () => browser.run(() => window.skipscope !== undefined));
  return browser.run(async () => {
    await window.skipscope!.ready;
    const { flavour, threads } = window.skipscope!;
    return { flavour, threads, alert: document.querySelector('[role=alert]')?.textContent ?? null };
  });
}

const classify = (browser: Browser) =>
  browser.run(async () => {
    const picture = await (await fetch('/samples/cat.jpg')).blob();
    const { probabilities, blocks } = await window.skipscope!.classify(picture);
    return [...probabilities, ...blocks.flatMap(({ residual, output }) => [residual.rms, output.rms])];
  });

/** How many of the canvases in view show more than one colour. */
const drawn = (browser: Browser) =>
  browser.run(() => {
    const coloured = (canvas: HTMLCanvasElement) => {
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels !== undefined && new Set(new Uint32Array(pixels.buffer)).size > 1;
    };
    return [...document.querySelectorAll('canvas')].filter((canvas) => canvas.width > 0 && canvas.height > 0 && coloured(canvas)).length;
  });

for (const { name, start: launch, missing, retries } of ENGINES) {
  test.describe(name, () => {
    test.skip(!launch, missing);
    test.describe.configure({ retries });
    if (!launch) console.log(`SKIPPED: ${name}: ${missing}`);
    let browser: Browser;
    test.beforeAll(async ({}, { project }) => {
      browser = await launch!(project.use.baseURL!);
    });
    test.afterAll(() => browser?.close());

    test('opens every time, from its cache too', async () => {
      for (let load = 0; load < 6; load++) {
        const { alert } = await start(browser, CAT);
        expect(alert, `load ${load + 1}`).toBeNull();
        expect(await browser.run(() => crossOriginIsolated)).toBe(true);
      }
    });

    test('every flavour that it has finds the same', async () => {
      const has = await browser.run(() => ({
        // One function, i32x4.relaxed_trunc_f32x4_s or so: wasm-feature-detect's.
        relaxed: WebAssembly.validate(
          Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11]),
        ),
        shared: typeof SharedArrayBuffer === 'function',
      }));
      const needs: Record<string, boolean> = { relaxed: has.relaxed, threads: has.relaxed && has.shared, 'threads-simd128': has.shared };
      await start(browser, `${CAT}&flavour=scalar`);
      const scalar = await classify(browser);
      const ran: string[] = [];
      for (const flavour of BUILT) {
        const wanted = needs[flavour] ?? true;
        const got = await start(browser, `${CAT}&flavour=${flavour}&threads=2`);
        expect(got.alert).toBeNull();
        expect(got.flavour === flavour, `${flavour}: ${wanted ? 'this browser has it' : 'this browser lacks it'}, and ${got.flavour} runs`).toBe(wanted);
        expect(got.threads).toBe(got.flavour.startsWith('threads') ? 2 : 1);
        if (wanted) ran.push(flavour);
        const found = await classify(browser);
        expect(found.length).toBe(scalar.length);
        const worst = Math.max(...found.map((value, i) => Math.abs(value - scalar[i]!) / Math.max(1, Math.abs(scalar[i]!))));
        expect(worst, flavour).toBeLessThan(1e-3);
      }
      console.log(`${name} runs ${ran.join(', ')}`);
      expect(ran).toEqual(expect.arrayContaining(['scalar', 'simd128']));
    });

    test('opens a block and cuts its branch', async () => {
      await start(browser, CAT);
      const intact = await until('the likeliest classes', () => browser.run(() => document.querySelector<HTMLElement>('[data-testid=top]')?.innerText));
      await pressNamed(browser, 'layer2.1');
      await until('the open block in the address', async () => (await search(browser, 'block')) === 'layer2.1');
      await until('its maps', async () => (await drawn(browser)) >= 4); // the photo, x, F(x), their sum
      await pressNamed(browser, 'Cut residual F(x) of layer2.1');
      await until('the cut in the address', async () => (await search(browser, 'lesion')) === 'layer2.1_1_0');
      await until('other probabilities', () =>
        browser.run((before) => {
          const now = document.querySelector<HTMLElement>('[data-testid=top]')?.innerText;
          return now !== undefined && now !== before;
        }, intact),
      );
    });

    test('hands out statistics and figures', async () => {
      await start(browser, `${CAT}&block=layer2.1`);
      // What a download would be: neither way of driving a browser sees the files.
      await browser.run(() => {
        const kept: Blob[] = ((window as unknown as { kept: Blob[] }).kept = []);
        const make = URL.createObjectURL.bind(URL);
        URL.createObjectURL = (blob) => make((kept.push(blob as Blob), blob));
      });
      const files = () =>
        browser.run(async () => {
          const { kept } = window as unknown as { kept: Blob[] };
          return Promise.all(
            kept.map(async (blob) => ({ type: blob.type, size: blob.size, text: blob.type.startsWith('image/png') ? '' : await blob.text() })),
          );
        });
      const file = (type: string) => until(`a file ${type}`, async () => (await files()).find((one) => one.type.startsWith(type)));
      await pressNamed(browser, 'Statistics of all blocks as CSV');
      expect((await file('text/csv')).text.trimEnd().split('\r\n')).toHaveLength(1 + 9);
      await pressNamed(browser, 'Skip map as PNG');
      expect((await file('image/png')).size).toBeGreaterThan(10_000);
    });

    test('a word says what it means, beside itself', async () => {
      await browser.open('/?view=learn&teacher=relu');
      await pressNamed(browser, 'ReLU');
      const [word, note] = await until('its meaning', () =>
        browser.run(() => {
          const open = document.querySelector(':popover-open');
          const box = (element: Element) => (({ left, right, top, bottom }) => ({ left, right, top, bottom }))(element.getBoundingClientRect());
          return open?.textContent?.includes('negative to zero') && [box(open.previousElementSibling!), box(open)];
        }),
      );
      expect(Math.min(Math.abs(note.top - word.bottom), Math.abs(word.top - note.bottom))).toBeLessThan(10);
      expect(note.left).toBeGreaterThanOrEqual(0);
      expect(note.right - note.left).toBeGreaterThan(200);
    });

    test('opens a file that PyTorch wrote, keeps it, and opens it again', async () => {
      await start(browser, CAT);
      const { model, here, found, shown } = await dropNet(browser);

      const keeps = await browser.run(() => isSecureContext && 'caches' in window);
      if (!keeps) console.log(`${name}: no Cache API here, so nothing is kept`);
      await until(keeps ? 'the model in the store' : 'that it is not kept', () =>
        browser.run(async (kept) => {
          if (!kept) return document.querySelector('[role=alert]')?.textContent?.includes('not kept') ?? false;
          return (await (await caches.open('skipscope-own-models')).keys()).some(({ url }) => url.endsWith('/record'));
        }, keeps),
      );
      if (!keeps) return;
      const again = await browser.run(async (id) => {
        await window.skipscope!.use('resnet20'); // the page lets go of the file, and the store brings it
        return (await window.skipscope!.use(id)).id;
      }, model);
      expect(again).toBe(model);
      expect(await found()).toEqual(here);

      // A browser that is driven may forget whatever it keeps with each page: WebKitGTK's does.
      await browser.run(async () => (await caches.open('probe')).put('/probe', new Response('kept')));
      await start(browser, CAT);
      if (!(await browser.run(() => caches.has('probe')))) return console.log(`${name}: driven, it keeps nothing over a reload, of no page`);
      await start(browser, `model=${model}&sample=cat`);
      await until('the model again', shown);
      expect(await found()).toEqual(here);
    });

    test('compares two nets', async () => {
      await browser.open(`/?view=compare&${CAT}&against=model:plain20`);
      const sides = await until('two answers', async () => {
        const texts = await browser.run(() =>
          ['A', 'B'].map((side) => document.querySelector<HTMLElement>(`[data-testid=side-${side}][aria-busy=false] ol`)?.innerText ?? ''),
        );
        return texts.every((text) => text.includes('%')) && texts;
      });
      expect(sides[0]).not.toBe(sides[1]);
    });
  });
}
