/** An engine that dies takes nothing with it but its memory. */
import { expect, test, type Page } from '@playwright/test';
import { block, blocks, caption, choose, open, shownBlock } from './explorer.js';

/** The engine's worker throws, as a trap in it would. */
async function crash(page: Page): Promise<void> {
  const engine = page.workers().at(-1)!;
  await engine.evaluate(
    () =>
      void setTimeout(() => {
        throw new Error('on purpose');
      }),
  );
}

test('it comes back once by itself to the same place, then when asked to', async ({ page }) => {
  await open(page, '?model=resnet20&sample=coffee&block=layer3.2&threads=1');
  await shownBlock(page, 'layer3.2');
  await choose(page, 'upright.jpg');
  await crash(page);
  await expect(page.getByRole('alert')).toContainText('It was started again.');
  await shownBlock(page, 'layer3.2');
  await expect(caption(page)).toContainText('upright.jpg');
  await page.getByRole('button', { name: 'A cup of coffee' }).click(); // and it runs
  await expect(caption(page)).toContainText('A cup of coffee');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);

  await crash(page);
  await expect(page.getByRole('alert')).toContainText('on purpose');
  await expect(blocks(page)).toHaveCount(9); // what it computed stays
  await page.getByRole('button', { name: 'Start again' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await block(page, 'layer1.1').getByRole('button', { name: 'layer1.1' }).click();
  await shownBlock(page, 'layer1.1');
});

test('during a load it leaves nothing on its way', async ({ page }) => {
  let held = true;
  await page.route('**/models/resnet56.gguf', (route) => (held ? undefined : route.continue())); // at first it never comes
  await open(page, '?threads=1');
  await page.getByRole('combobox', { name: 'Model' }).selectOption('resnet56');
  await expect(page.getByRole('progressbar', { name: /Loading ResNet-56/ })).toBeVisible();
  held = false;
  await crash(page);
  await expect(blocks(page)).toHaveCount(27);
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await crash(page);
  await page.getByRole('button', { name: 'Start again' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(blocks(page)).toHaveCount(27);
});

test('scripts hear of it, and can go on', async ({ page }) => {
  await open(page, '?threads=1');
  await page.waitForFunction(() => window.skipscope);
  const said = page.evaluate(async () => {
    const picture = await (await fetch('samples/cat.jpg')).blob();
    const until = performance.now() + 30_000;
    try {
      for (let done = 1; performance.now() < until; done++) {
        await window.skipscope!.classify(picture);
        Object.assign(window, { done });
      }
    } catch (error) {
      return (error as Error).name;
    }
    return 'nothing';
  });
  await page.waitForFunction(() => (window as unknown as { done: number }).done > 3);
  await crash(page);
  expect(await said).toBe('crashed');
  await expect(page.getByRole('alert')).toContainText('It was started again.');
  const label = await page.evaluate(async () => {
    await window.skipscope!.use('resnet20');
    return (await window.skipscope!.classify(await (await fetch('samples/cat.jpg')).blob())).top[0]!.label;
  });
  expect(label).toBe('cat');
});
