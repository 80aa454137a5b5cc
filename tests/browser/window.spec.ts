/** `window.skipscope`, as scripts use it. */
import { expect, test, type Page } from '@playwright/test';

interface Tensor {
  channels: number;
  height: number;
  width: number;
  data: Float32Array;
}
interface Detail {
  scales: { identity: number; residual: number };
  identity: Tensor | null;
  residual: Tensor;
  output: Tensor;
  steps: { name: string }[];
  classWeights: { index: number }[] | null;
}
interface Scripted {
  model: string;
  top: { index: number; label: string; probability: number }[];
  probabilities: Float32Array;
  blocks: { name: string; shape: number[]; residual: { rms: number }; output: { rms: number }; detail?: Detail }[];
}
interface Api {
  ready: Promise<void>;
  models: string[];
  model: { id: string } | null;
  use(model: string): Promise<{ id: string }>;
  classify(blob: Blob, options?: object): Promise<Scripted>;
}

async function start(page: Page): Promise<void> {
  await page.goto('/?model=resnet20');
  await page.waitForFunction(() => window.skipscope);
}

/** Runs a sample; typed arrays come back as plain ones. */
function run(page: Page, options: object = {}): Promise<Omit<Scripted, 'probabilities'> & { probabilities: number[] }> {
  return page.evaluate(async (settings) => {
    const api = window.skipscope as unknown as Api;
    const result = await api.classify(await (await fetch('/samples/cat.jpg')).blob(), settings);
    return { ...result, probabilities: Array.from(result.probabilities) };
  }, options);
}

test('it is ready with the model, and knows the others', async ({ page }) => {
  await start(page);
  const said = await page.evaluate(async () => {
    const api = window.skipscope as unknown as Api;
    await api.ready;
    return { models: api.models, model: api.model?.id, used: (await api.use('plain20')).id, then: api.model?.id };
  });
  expect(said.models).toEqual(expect.arrayContaining(['resnet20', 'plain20', 'resnet56', 'plain56']));
  expect(said).toMatchObject({ model: 'resnet20', used: 'plain20', then: 'plain20' });
  await expect(page.getByRole('combobox', { name: 'Model', exact: true })).toHaveValue('plain20'); // the page follows
});

test('a model that is not there is an error, not another model', async ({ page }) => {
  await start(page);
  const message = await page.evaluate(() => (window.skipscope as unknown as Api).use('resnet1202').catch((error: Error) => error.message));
  expect(message).toContain('resnet1202');
});

test('the probabilities are a distribution, and the top is its largest', async ({ page }) => {
  await start(page);
  const { probabilities, top } = await run(page, { topK: 3 });
  expect(probabilities).toHaveLength(10);
  expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 4);
  expect(top).toHaveLength(3);
  const sorted = [...probabilities].sort((a, b) => b - a);
  top.forEach(({ index, probability }, rank) => {
    expect(probability).toBeCloseTo(sorted[rank]!, 6);
    expect(probabilities[index]).toBeCloseTo(probability, 6);
  });
});

test('one block comes along whole: x + F(x), then ReLU', async ({ page }) => {
  await start(page);
  const checked = await page.evaluate(async () => {
    const api = window.skipscope as unknown as Api;
    const { blocks } = await api.classify(await (await fetch('/samples/cat.jpg')).blob(), { block: 'layer3.2' });
    const { identity, residual, output, steps, scales, classWeights } = blocks.find(({ name }) => name === 'layer3.2')!.detail!;
    let worst = 0;
    residual.data.forEach((f, i) => (worst = Math.max(worst, Math.abs(Math.max(0, identity!.data[i]! + f) - output.data[i]!))));
    return {
      worst,
      shape: [residual.channels, residual.height, residual.width, residual.data.length],
      others: blocks.filter(({ detail }) => detail).length,
      steps: steps.map(({ name }) => name),
      scales,
      classes: classWeights?.length,
    };
  });
  expect(checked.worst).toBeLessThan(1e-4);
  expect(checked).toMatchObject({ shape: [64, 8, 8, 4096], others: 1, steps: ['conv1'], scales: { identity: 1, residual: 1 }, classes: 5 });
});

test('a lesion changes what comes after it, and nothing before', async ({ page }) => {
  await start(page);
  const intact = await run(page);
  const cut = await run(page, { lesion: { 'layer2.1': { identity: 1, residual: 0 } } });
  const rms = (result: { blocks: Scripted['blocks'] }) => result.blocks.map(({ output }) => output.rms);
  expect(rms(cut).slice(0, 4)).toEqual(rms(intact).slice(0, 4));
  for (let i = 4; i < 9; i++) expect(rms(cut)[i]).not.toBe(rms(intact)[i]);
  expect(cut.probabilities).not.toEqual(intact.probabilities);
  // Blocks that the net does not have, and scales of one, are no lesion.
  const none = await run(page, { lesion: { 'layer9.9': { identity: 0, residual: 0 }, 'layer2.1': { identity: 1, residual: 1 } } });
  expect(none.probabilities).toEqual(intact.probabilities);
});

test('a crop is another picture', async ({ page }) => {
  await start(page);
  const whole = await run(page);
  const part = await run(page, { crop: { left: 0, top: 0, side: 100 } });
  expect(part.probabilities).not.toEqual(whole.probabilities);
  expect((await run(page)).probabilities).toEqual(whole.probabilities); // and leaves nothing behind
});
