import { expect, test } from '@playwright/test';
import { classify, colours, open, type Classified } from './explorer.js';

const sample = (name: string) => new URL(`../../www/public/samples/${name}.jpg`, import.meta.url).pathname;
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

test('a class shows where the net looks for it, and the address says so', async ({ page }) => {
  await open(page, '?model=resnet20&sample=cat');
  await expect(page.getByTestId('cam')).toHaveCount(0);
  const row = page.getByTestId('top').getByRole('button').first();
  await row.click();
  await expect(row).toHaveAttribute('aria-pressed', 'true');
  await expect(page).toHaveURL(/cam=\d/);
  const map = page.getByTestId('cam').locator('canvas').first();
  await expect.poll(() => colours(map)).toBeGreaterThan(20);
  await page.reload();
  await expect(page.getByTestId('cam')).toBeVisible();
  await page.getByTestId('top').getByRole('button').first().click();
  await expect(page.getByTestId('cam')).toHaveCount(0);
  await expect(page).not.toHaveURL(/cam=/);
});

test('a class outside the top five has no map, and the page says so', async ({ page }) => {
  await open(page, '?model=resnet20&sample=cat');
  const { top } = await classify(page, sample('cat'), { topK: 10 });
  const last = top.at(-1)!;
  await page.goto(`/?model=resnet20&sample=cat&cam=${last.index}`);
  await expect(page.getByTestId('cam-none')).toContainText(last.label);
  await page.getByRole('button', { name: 'Stop looking for it' }).click();
  await expect(page.getByTestId('cam-none')).toHaveCount(0);
});

test('the mean of a class map is the logit without the bias', async ({ page }) => {
  await open(page, '?model=resnet20&sample=cat');
  // The biases are not known here, but they are the same for any picture: they fall out of a difference of two.
  const gap = ({ cams, probabilities }: Classified, a: number, b: number) => {
    const evidence = (index: number) => mean(cams.find((cam) => cam.index === index)!.map.data);
    return { evidence: evidence(a) - evidence(b), logits: Math.log(probabilities[a]! / probabilities[b]!) };
  };
  const one = await classify(page, sample('cat'), { topK: 10 });
  const other = await classify(page, sample('horse'), { topK: 10 });
  for (const [a, b] of [
    [3, 5],
    [0, 7],
    [1, 9],
  ] as const) {
    const [x, y] = [gap(one, a, b), gap(other, a, b)];
    expect(Math.abs(x.logits - y.logits)).toBeGreaterThan(0.05); // else this shows nothing
    expect(x.evidence - y.evidence).toBeCloseTo(x.logits - y.logits, 2);
  }
});

test('in the last stage identity and residual add up to the evidence of the sum, and the last output to the class map', async ({ page }) => {
  await open(page, '?model=resnet20&sample=cat&block=layer3.2');
  const shown = page.getByTestId('block-cam').locator('.maps p.numbers');
  await expect(shown).toHaveCount(4);
  const [identity, residual, sum, output] = (await shown.allTextContents()).map((text) => Number(text.replace('mean ', '').replace('−', '-')));
  expect(Math.abs(identity! + residual! - sum!)).toBeLessThan(0.03); // as rounded on the page
  const { cams } = await classify(page, sample('cat'));
  expect(Math.abs(output! - mean(cams[0]!.map.data))).toBeLessThan(0.01);
  await page.goto('/?model=resnet20&sample=cat&block=layer2.1');
  await expect(page.getByTestId('depth').locator('[data-chart]').first()).toBeVisible();
  await expect(page.getByTestId('block-cam')).toHaveCount(0);
});

test('under a lesion each class says how it changed', async ({ page }) => {
  await open(page, '?model=resnet20&sample=cat');
  await expect(page.getByTestId('change')).toHaveCount(0);
  const intact = await classify(page, sample('cat'));
  const lesion = { 'layer2.0': { identity: 1, residual: 0 } };
  const cut = await classify(page, sample('cat'), { lesion });
  await page.goto('/?model=resnet20&sample=cat&lesion=layer2.0_1_0');
  await page.getByRole('button', { name: 'show five' }).click();
  await expect(page.getByTestId('change')).toHaveCount(5);
  const shown = (await page.getByTestId('change').allTextContents()).map((text) => Number.parseFloat(text.replace('−', '-').replace('±', '')));
  for (const [index, value] of shown.entries()) {
    const one = cut.top[index]!;
    expect(Math.abs(value - 100 * (one.probability - intact.probabilities[one.index]!))).toBeLessThan(0.06);
  }
});
