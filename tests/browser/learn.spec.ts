import { expect, test, type Locator, type Page } from '@playwright/test';
import { LESSONS, type Lesson, type Scene } from '../../www/src/lessons/index.js';
import { expectAccessible, needsResnet50, open } from './explorer.js';

const bar = (page: Page): Locator => page.getByTestId('lesson-bar');
const answer = (page: Page): Locator => page.getByTestId('lesson-answer');
const search = (page: Page) => new URL(page.url()).searchParams;

/** By the short address, as it stands in teachers' notes: the page finds its way from there. */
async function begin(page: Page, { id }: Pick<Lesson, 'id'>, step: number): Promise<void> {
  await page.goto(`/?lesson=${id}.${step}`);
  await expect(bar(page)).toHaveAttribute('data-step', `${id}.${step}`);
  await expect.poll(() => search(page).size).toBeGreaterThan(1);
  await expect(bar(page)).not.toContainText('wandered off');
}

/** What the address says of a scene. */
function expected(scene: Scene): [name: string, value: string | null][] {
  if ('exhibit' in scene)
    return [
      ['view', 'why'],
      ['exhibit', scene.exhibit === 'degradation' ? null : scene.exhibit],
    ];
  if ('against' in scene)
    return [
      ['view', 'compare'],
      ['model', scene.model],
      ['against', `model:${scene.against}`],
    ];
  return [
    ['view', null],
    ['model', scene.model],
    ['block', scene.block],
  ];
}

async function expectScene(page: Page, scene: Scene): Promise<void> {
  for (const [name, value] of expected(scene)) await expect.poll(() => search(page).get(name), name).toBe(value);
}

const scenes = ({ steps }: Lesson): Scene[] => steps.flatMap(({ scene, question }) => (question?.run ? [scene, question.run] : [scene]));
const needs = (lesson: Lesson, model: string) => scenes(lesson).some((scene) => ('exhibit' in scene ? scene.seen?.model : scene.model) === model);

for (const lesson of LESSONS) {
  test(`“${lesson.title}” is walked to its end by keyboard alone`, async ({ page, request }) => {
    if (needs(lesson, 'resnet50')) await needsResnet50(request);
    test.slow(); // up to a dozen scenes
    await page.goto('/?view=learn');
    const entry = page.locator(`[data-lesson="${lesson.id}"]`);
    await expect(entry).not.toContainText('Done');
    await entry.getByRole('link', { name: 'Start' }).press('Enter');
    for (const [i, { question, scene, point }] of lesson.steps.entries()) {
      await expect(bar(page)).toHaveAttribute('data-step', `${lesson.id}.${i + 1}`);
      await expectScene(page, scene);
      if (point) await expect(page.locator(`[data-part="${point}"]`)).toHaveCSS('outline-style', 'solid');
      if (question) {
        // Another answer each time. None of them is judged before the experiment has run.
        await expect(answer(page)).toHaveAttribute('data-right', '-1');
        const chosen = i % question.choices.length;
        await page.keyboard.press(`${chosen + 1}`);
        await expect(answer(page)).not.toHaveAttribute('data-right', '-1');
        await expectScene(page, question.run ?? scene);
        if (question.point) await expect(page.locator(`[data-part="${question.point}"]`)).toHaveCSS('outline-style', 'solid');
        const [right, value] = (await Promise.all(['data-right', 'data-value'].map((name) => answer(page).getAttribute(name)))).map(Number) as [number, number];
        await expect(answer(page)).toContainText(right === chosen ? 'As you expected' : `You expected: ${question.choices[chosen]!.text}`);
        // Right is what the run's number says, and teachers' notes say no other.
        expect(value).toBeGreaterThanOrEqual(question.choices[right]!.from);
        expect(value).toBeLessThan(question.choices[right]!.to);
        expect(Math.abs(value / question.found - 1), question.ask).toBeLessThan(0.03);
      }
      if (i + 1 < lesson.steps.length) await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('ArrowRight'); // no step is left: nothing happens
    await bar(page).getByRole('button', { name: 'Finish' }).press('Enter');
    await expect(bar(page)).toBeHidden();
    await expect(entry).toContainText('Done');
  });
}

test('the number is that of the run: what the page says moved is what the lesson says moved', async ({ page, request }) => {
  await needsResnet50(request);
  await begin(page, { id: 'identity' }, 3);
  await bar(page).getByRole('group').getByRole('button').first().click();
  await expect(answer(page)).not.toHaveAttribute('data-right', '-1');
  const said = /^[\d.]+%/.exec((await answer(page).locator('b').textContent())!)![0];
  await expect(page.getByTestId('lesion-summary')).toContainText(`${said} of the probability moved`);
});

test('a lesson survives wandering off, a reload and the way back', async ({ page, request }) => {
  await needsResnet50(request);
  await begin(page, { id: 'relu' }, 2);
  await expect(bar(page)).not.toContainText('wandered off');
  await page.locator('[data-part="map"] [data-station="layer3.1"]').click();
  await expect.poll(() => search(page).get('block')).toBe('layer3.1');
  await expect(bar(page)).toContainText('You have wandered off');
  await page.reload();
  await expect(bar(page)).toContainText('You have wandered off');
  await bar(page).getByRole('button', { name: 'Back to the lesson' }).click();
  await expect.poll(() => search(page).get('block')).toBe('layer1.1');
  await expect(bar(page)).not.toContainText('wandered off');
  await page.getByRole('link', { name: 'Compare' }).click();
  await expect(bar(page)).toContainText('You have wandered off');
  await page.goBack();
  await expect(bar(page)).not.toContainText('wandered off');
  await bar(page).getByRole('button', { name: 'Leave' }).click();
  await expect(bar(page)).toBeHidden();
  await expect.poll(() => search(page).has('lesson')).toBe(false);
});

test('a step has an address, and one that there is not does no harm', async ({ page }) => {
  await page.goto('/?model=resnet50&sample=cat&block=layer1.1&lesson=identity.4');
  await expect(bar(page)).toContainText('step 4 of 5');
  for (const wrong of ['nobody.1', 'identity.99', 'identity']) {
    await page.goto(`/?model=resnet20&lesson=${wrong}`);
    await expect(page.getByTestId('top')).toBeVisible();
  }
});

test('without the network of a step the lesson says so, and can be read', async ({ page }) => {
  await page.route('**/models/registry.json', async (route) => {
    const registry = (await (await route.fetch()).json()) as { models: { id: string }[] };
    await route.fulfill({ json: { ...registry, models: registry.models.filter(({ id }) => id !== 'resnet50') } });
  });
  await page.goto('/?lesson=identity.1');
  await expect(bar(page)).toContainText('which this page does not have');
  await bar(page).getByRole('button', { name: 'Next' }).click();
  await expect(bar(page)).toContainText('step 2 of 5');
});

test('a lesson survives wandering off in an exhibit', async ({ page }) => {
  await begin(page, { id: 'gradients' }, 2);
  await page.keyboard.press('2');
  await expect(answer(page)).not.toHaveAttribute('data-right', '-1');
  await page.getByRole('radiogroup', { name: 'Skips' }).getByRole('radio', { name: 'on' }).check();
  await expect(bar(page)).toContainText('You have wandered off');
  await expect(answer(page)).toHaveAttribute('data-right', '-1'); // what is measured now is not the question's
  await bar(page).getByRole('button', { name: 'Back to the lesson' }).click();
  await expect(answer(page)).toHaveAttribute('data-right', '1');
});

test('notes for teachers are printed as ink on paper, with an address for every step', async ({ page }) => {
  const gradients = LESSONS.find(({ id }) => id === 'gradients')!;
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('/?view=learn');
  await page.locator('[data-lesson="gradients"]').getByRole('link', { name: 'For teachers' }).press('Enter');
  const notes = page.getByTestId('teacher');
  for (const { question } of gradients.steps) if (question) await expect(notes).toContainText(question.choices[0].text);
  await expect(
    notes
      .getByRole('listitem')
      .filter({ hasText: '(borne out)' })
      .filter({ hasNot: page.getByRole('list') }),
  ).toHaveCount(5);
  await expect(notes).toContainText(gradients.misconception.claim);
  const address = notes.getByText(/\?lesson=gradients\.3$/);
  await expect(address).toBeHidden();
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(address).toBeVisible();
  await expect(page.getByRole('link', { name: 'All lessons' })).toBeHidden();
  await expect(page.getByRole('banner')).toBeHidden();
  await expect(notes).toHaveCSS('color', 'rgb(0, 0, 0)');
  await expect(page.locator('body')).toHaveCSS('background-color', 'rgb(255, 255, 255)');
  await page.goto((await address.textContent())!);
  await expect(bar(page)).toHaveAttribute('data-step', 'gradients.3');
  await expectScene(page, gradients.steps[2]!.scene);
  await page.goto('/?view=learn&teacher=nobody');
  await expect(page.getByRole('status').filter({ hasText: 'There is no lesson “nobody”' })).toBeVisible();
});

test('a word of the glossary says what it means, by keyboard alone', async ({ page }) => {
  await open(page, '?block=layer2.0');
  const equation = page.getByRole('region', { name: 'layer2.0 as an equation' });
  const word = equation.getByRole('button', { name: 'option A shortcut' });
  await word.focus();
  await page.keyboard.press('Enter');
  const meaning = equation.getByTestId('meaning').filter({ hasText: 'every second pixel of x' });
  await expect(meaning).toBeVisible();
  const box = (await meaning.boundingBox())!;
  expect(box.x).toBeGreaterThanOrEqual(0);
  expect(box.x + box.width).toBeLessThanOrEqual(1280);
  await expectAccessible(page, '[aria-label="layer2.0 as an equation"]');
  await page.keyboard.press('Tab');
  await expect(meaning.getByRole('link', { name: 'He et al. 2015' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(meaning).toBeHidden();
  await expect(word).toBeFocused();
  // And all of them stand in Learn.
  await page.goto('/?view=learn');
  await expect(page.getByTestId('glossary').getByRole('term').filter({ hasText: 'option A' })).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the lessons: ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await begin(page, { id: 'gradients' }, 3);
    await page.keyboard.press('1');
    await expect(answer(page)).not.toHaveAttribute('data-right', '-1');
    await expectAccessible(page);
    for (const query of ['/?view=learn', '/?view=learn&teacher=gradients']) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(query);
      await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
      await expectAccessible(page);
      await page.setViewportSize({ width: 390, height: 844 });
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    }
  });
}
