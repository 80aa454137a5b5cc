/** The page as its visitors use it: what the specs share. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type APIRequestContext, type Locator, type Page } from '@playwright/test';
import type { Classified } from '../../www/src/state/window';

export type { Classified, ClassifiedBlock as Block } from '../../www/src/state/window';
export type { BlockDetail as Detail, Maps, Statistics, Tensor } from '../../www/src/engine/types';

export const FIXTURES = join(import.meta.dirname, 'fixtures');

/** Skips the test, and says so, where the model is absent. */
export async function needsResnet50(request: APIRequestContext): Promise<void> {
  const { models } = await (await request.get('/models/registry.json')).json();
  const entry = models.find(({ id }: { id: string }) => id === 'resnet50');
  const there = entry && (await request.head(`/models/${entry.file}${entry.parts ? '.part1' : ''}`)).ok();
  const reason = 'ResNet-50 is absent: it is converted at set-up from an npm package, which could not be fetched here';
  if (!there) console.log(`SKIPPED: ${reason}`);
  test.skip(!there, reason);
}

/** The address with a net in it: where it names none, the page would load another one behind. */
export function withModel(query: string): string {
  const parameters = new URLSearchParams(query);
  return parameters.has('model') ? query : `?model=resnet20${query ? `&${query.slice(1)}` : ''}`;
}

/** Opens the page and waits for the first result. */
export async function open(page: Page, query = ''): Promise<void> {
  await page.goto(`/${withModel(query)}`);
  await expect(blocks(page).first()).toBeVisible();
}

/** Which of the engine's builds runs, and on how many threads. */
export async function expectEngine(page: Page, flavour: string | RegExp, threads: number | null = null): Promise<void> {
  const status = page.getByTestId('status');
  await expect(status).toHaveAttribute('data-flavour', flavour);
  await expect(status).toHaveText(new RegExp(`(^| on )${threads ?? '\\d+'} threads?$`));
}

export const blocks = (page: Page): Locator => page.getByTestId('block');
export const block = (page: Page, name: string): Locator => page.locator(`[data-block="${name}"]`);
/** The panel of the open block, once it shows that one. */
export async function shownBlock(page: Page, name: string): Promise<Locator> {
  const panel = page.getByTestId('detail');
  await expect(panel.getByRole('heading', { level: 2 })).toHaveText(name);
  await expect(panel).toHaveAttribute('aria-busy', 'false');
  return panel;
}
/** axe finds nothing, on the page or a part of it: once nothing is at work there, and nothing fades, whose colours are on their way. */
export async function expectAccessible(page: Page, part = 'html'): Promise<void> {
  await expect(page.locator(`:is(${part}, ${part} *)[aria-busy="true"]`)).toHaveCount(0);
  await expect.poll(() => page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length)).toBe(0);
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) }))).toEqual([]);
}
/** What `read` gives once it gives the same four times in a row, a tenth of a second apart. */
export async function resting<T>(read: () => T | Promise<T>): Promise<T> {
  const values: T[] = [];
  const alike = async () => {
    values.push(await read());
    return values.length >= 4 && new Set(values.slice(-4).map((value) => JSON.stringify(value))).size === 1;
  };
  await expect.poll(alike, { intervals: [100] }).toBe(true);
  return values.at(-1)!;
}
/** Where it is, once the page around it rests: on a slow machine what comes late still moves things, and a pointer would miss. */
export const restingBox = async (locator: Locator) => (await resting(() => locator.boundingBox()))!;
export const top = (page: Page): Locator => page.getByTestId('top').locator('.label');
export const caption = (page: Page): Locator => page.getByTestId('caption');

/** Chooses a file and waits until the page shows it. */
export async function choose(page: Page, file: string): Promise<void> {
  await page.getByTestId('file').setInputFiles(join(FIXTURES, file));
  await expect(caption(page)).toContainText(file);
}

/** Runs one of the fixtures through window.skipscope. */
export async function classify(page: Page, file: string, options: object = {}): Promise<Classified> {
  const base64 = readFileSync(file.startsWith('/') ? file : join(FIXTURES, file)).toString('base64');
  return page.evaluate(
    async ([data, settings]) => {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      return window.skipscope!.classify(new Blob([bytes]), settings);
    },
    [base64, options] as const,
  );
}

/** A pixel of what the network saw; x and y from 0 to 1. */
export function inputPixel(page: Page, x: number, y: number): Promise<number[]> {
  return page.getByTestId('input').evaluate(
    (canvas, [fx, fy]) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const context = (canvas as HTMLCanvasElement).getContext('2d')!;
      return [...context.getImageData(Math.floor(fx! * (width - 1)), Math.floor(fy! * (height - 1)), 1, 1).data];
    },
    [x, y],
  );
}

/** How many different colours a canvas shows: one means that nothing was drawn. */
export function colours(canvas: Locator): Promise<number> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const data = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height).data;
    return new Set(new Uint32Array(data.buffer)).size;
  });
}
