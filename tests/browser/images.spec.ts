import { expect, test, type Page } from '@playwright/test';
import { lessonOf, type Family, type Sample } from '../../www/src/state/samples';
import { wholeChromium } from './chromium.js';
import { caption, choose, expectAccessible, inputPixel, needsResnet50, resting, restingBox, top, withModel } from './explorer.js';
import config from './playwright.config.js';

const { launchOptions } = config.use!;
// A camera that Chromium draws itself; who may use it is for each test to say.
test.use({
  launchOptions: {
    ...launchOptions,
    executablePath: wholeChromium() ?? launchOptions!.executablePath,
    args: [...launchOptions!.args!, '--use-fake-device-for-media-stream'],
  },
});

async function open(page: Page, query = ''): Promise<void> {
  await page.goto(`/${withModel(query)}`);
  await expect(top(page)).toHaveCount(3);
}

const sampleButton = (page: Page, id: string) => page.locator(`[data-sample="${id}"]`);
const square = (page: Page) => page.getByTestId('crop');
const cropButton = (page: Page) => page.getByRole('button', { name: 'Crop', exact: true });
const cropOf = (page: Page) => new URL(page.url()).searchParams.get('crop');
/** Left, top and side: the address tells a change at once, and what follows quickly when it has rested. */
const cropSquare = (page: Page) => cropOf(page)?.split('_').map(Number);
/** The square, once the address has rested. */
const restingCrop = async (page: Page) => (await resting(() => cropSquare(page))) as [left: number, top: number, side: number];
/** Every pixel of what the network saw. */
const seen = (page: Page) => page.getByTestId('input').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

async function axe(page: Page): Promise<void> {
  await expectAccessible(page, '.left');
}

/** Keeps what the page gets of the camera, so that a test can ask whether it was let go. */
async function watchCamera(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const streams: MediaStream[] = [];
    Object.assign(window, { streams });
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await ask(constraints);
      streams.push(stream);
      return stream;
    };
  });
}

const tracks = (page: Page) =>
  page.evaluate(() => (window as unknown as { streams: MediaStream[] }).streams.flatMap((stream) => stream.getTracks()).map(({ readyState }) => readyState));

async function goLive(page: Page, query = ''): Promise<void> {
  await page.context().grantPermissions(['camera']);
  await watchCamera(page);
  await open(page, query);
  await page.getByTestId('camera').click();
  await expect(page.getByTestId('rate')).toHaveText(/^Live, \d+\.\d frames per second$/);
}

test.describe('samples', () => {
  test('each loads, with its title, credit, licence, and what to look for', async ({ page, request }) => {
    const { samples } = (await (await request.get('/samples/samples.json')).json()) as { samples: Sample[] };
    expect(samples.length).toBeGreaterThanOrEqual(12);
    expect(new Set(samples.map(({ id }) => id)).size).toBe(samples.length);
    await open(page);
    let bytes = 0;
    for (const sample of samples) {
      const { id, file, title, credit, licence, lessons } = sample;
      for (const text of [title, credit, licence, lessons.imagenet!]) expect(text.length, id).toBeGreaterThan(3);
      await page.getByRole('button', { name: title, exact: true }).click();
      await expect(caption(page)).toContainText(title);
      await expect(page.getByTestId('lesson')).toHaveText(lessonOf(sample, 'cifar'));
      await expect(page.getByTestId('lesson')).not.toContainText('ResNet-50');
      await expect(page.getByTestId('credit')).toHaveText(`Sample: ${credit}, ${licence}.`);
      await expect(sampleButton(page, id)).toHaveAttribute('aria-pressed', 'true');
      bytes += (await (await request.get(`/samples/${file}`)).body()).length;
    }
    expect(bytes).toBeLessThan(900_000);
    const sheet = await page.evaluate(async () => {
      const { width, height } = await createImageBitmap(await (await fetch('samples/thumbnails.jpg')).blob());
      return width / height;
    });
    expect(sheet).toBe(samples.length);
  });

  test('CIFAR-10’s nets are offered its ten classes, ImageNet’s nets their own', async ({ page, request }) => {
    const { samples } = (await (await request.get('/samples/samples.json')).json()) as { samples: Sample[] };
    const order = () => page.locator('[data-sample]').evaluateAll((all) => all.map((button) => button.getAttribute('data-sample')));
    const suiting = (family: Family) => samples.filter(({ suits }) => suits.includes(family)).map(({ id }) => id);
    await open(page);
    expect((await order()).slice(0, suiting('cifar').length)).toEqual(suiting('cifar'));
    const ours = samples.filter(({ suits }) => suits.includes('cifar')).map(({ answers }) => answers['resnet20']);
    expect(new Set(ours)).toEqual(new Set(['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']));
    await needsResnet50(request);
    await open(page, '?model=resnet50');
    expect((await order()).slice(0, suiting('imagenet').length)).toEqual(suiting('imagenet'));
  });

  test('what they say of a net’s answer is so', async ({ page, request }) => {
    const { samples } = (await (await request.get('/samples/samples.json')).json()) as { samples: Sample[] };
    const { models } = (await (await request.get('/models/registry.json')).json()) as { models: { id: string; file: string }[] };
    await open(page);
    let checked = 0;
    for (const { id, file } of models) {
      if (!(await request.head(`/models/${file}`)).ok()) continue;
      await page.evaluate((model) => window.skipscope!.use(model).then(() => {}), id);
      for (const sample of samples.filter(({ answers }) => answers[id])) {
        const answer = await page.evaluate(
          async (path) => (await window.skipscope!.classify(await (await fetch(path)).blob(), { topK: 1 })).top[0]!.label,
          `samples/${sample.file}`,
        );
        expect(answer, `${sample.id}, ${id}`).toBe(sample.answers[id]);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(12);
  });

  test('and of ResNet-50', async ({ page, request }) => {
    await needsResnet50(request);
    await open(page, '?model=resnet50&sample=cat');
    await page.getByRole('button', { name: 'show five' }).click();
    // The top five, best first, as the lessons have them.
    const said: Record<string, RegExp> = {
      cat: /^(Egyptian cat|tiger cat|tabby)\|(Egyptian cat|tiger cat|tabby)\|(Egyptian cat|tiger cat|tabby)\|/,
      coffee: /^espresso\|/,
      palace: /^palace\|bell cote\|monastery\|/,
      rocket: /^drilling platform\|missile\|/,
      astronaut: /^bobsled\|/,
      raccoon: /^grey fox\|/,
      hubble: /^bubble\|/,
      'clock-blurred': /^bubble\|/,
      'cat-and-coffee': /^espresso\|.*cat/,
      'cat-on-wall': /^maze\|/,
      horse: /^(?!.*sorrel)(Great Dane|black-and-tan coonhound)\|/,
      'horse-of-fur': /^Egyptian cat\|/,
      'cat-shuffled': /^Egyptian cat\|/,
      'clock-drawn': /^analog clock\|wall clock\|/,
      'cat-drawn': /^(?!.*\b(cat|tabby)\b)/,
    };
    const answer = async () => (await top(page).allTextContents()).join('|');
    for (const [id, expected] of Object.entries(said)) {
      await sampleButton(page, id).click();
      await expect(caption(page)).toContainText((await sampleButton(page, id).getAttribute('aria-label'))!);
      await expect.poll(answer, id).toMatch(expected);
    }
    await open(page, '?model=resnet50&sample=cat-on-wall&crop=35_35_160');
    await expect.poll(answer).toMatch(/^Egyptian cat\|/);
  });
});

test.describe('crop', () => {
  test('by keys: the address, and what the network sees', async ({ page }) => {
    await open(page, '?sample=rocket');
    const centre = await seen(page);
    await cropButton(page).click();
    await square(page).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => cropOf(page)).not.toBeNull();
    const [left, top, side] = await restingCrop(page);
    await expect.poll(() => seen(page)).not.toBe(centre);
    await page.keyboard.press('+');
    await expect.poll(() => cropSquare(page)?.[2]).toBeLessThan(side);
    await page.keyboard.press('-');
    await page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(() => cropSquare(page)?.[0]).toBeCloseTo(left - 1, 0);
    expect(top).toBe(0); // the whole height: there is no way up
    await expect(caption(page)).toContainText('the square below');
    await cropButton(page).click();
    await expect(caption(page)).toContainText('a square of');
    await cropButton(page).click();
    await axe(page);

    // The address shows the same to whoever opens it.
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    const moved = await seen(page);
    await page.reload();
    await expect(square(page)).toBeVisible();
    await expect.poll(() => seen(page)).toBe(moved);

    await page.getByRole('button', { name: 'Reset the crop' }).click();
    await expect.poll(() => seen(page)).toBe(centre);
    await expect.poll(() => cropOf(page)).toBeNull();
  });

  test('by pointer: dragged, put elsewhere by a press, zoomed by wheel and slider', async ({ page }) => {
    await open(page, '?sample=cat-on-wall');
    const whole = await seen(page);
    await cropButton(page).click();
    const box = await restingBox(page.getByTestId('stage'));
    const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;

    await page.mouse.move(...at(0.5, 0.5));
    await page.mouse.wheel(0, -600);
    await expect.poll(() => cropSquare(page)?.[2] ?? 512).toBeLessThan(256);
    const [, , side] = await restingCrop(page);
    const zoomed = await seen(page);
    expect(zoomed).not.toBe(whole);

    await page.mouse.down();
    await page.mouse.move(...at(0.4, 0.3), { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => cropSquare(page)).toEqual([expect.closeTo((512 - side) / 2 - 51.2, -0.5), expect.closeTo((512 - side) / 2 - 102.4, -0.5), side]);
    await expect.poll(() => seen(page)).not.toBe(zoomed);

    await page.mouse.click(...at(0.97, 0.97));
    await expect.poll(() => cropSquare(page)).toEqual([expect.closeTo(512 - side, 0), expect.closeTo(512 - side, 0), side]);

    await page.getByRole('slider', { name: 'Zoom' }).press('End');
    await expect.poll(() => cropSquare(page)?.[2]).toBe(16);
    await page.getByRole('button', { name: 'Reset the crop' }).click();
    await expect.poll(() => seen(page)).toBe(whole);
    await expect.poll(() => cropOf(page)).toBeNull();
  });

  test('another picture starts from its centre', async ({ page }) => {
    await open(page, '?sample=rocket&crop=0_0_100');
    await expect(page.getByTestId('crop-numbers')).toContainText('100 × 100 pixels at (0, 0)');
    await sampleButton(page, 'coffee').click();
    await expect(caption(page)).toContainText('A cup of coffee');
    await expect(page.getByTestId('crop-numbers')).not.toContainText('at (0, 0)');
    await cropButton(page).click();
    await expect(caption(page)).toContainText('the central');
    await expect.poll(() => cropOf(page)).toBeNull();
  });

  test('a picture that is reduced to be read is cropped in its own pixels', async ({ page }) => {
    await open(page);
    await page.evaluate(async () => {
      const large = new OffscreenCanvas(6000, 4000); // 24 MP: red, and the last 2000 columns blue
      const context = large.getContext('2d')!;
      context.fillStyle = 'rgb(200, 0, 0)';
      context.fillRect(0, 0, 4000, 4000);
      context.fillStyle = 'rgb(0, 0, 200)';
      context.fillRect(4000, 0, 2000, 4000);
      const files = new DataTransfer();
      files.items.add(new File([await large.convertToBlob()], 'large.png', { type: 'image/png' }));
      const input = document.querySelector<HTMLInputElement>('[data-testid="file"]')!;
      input.files = files.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await expect(caption(page)).toContainText('the central 4000 × 4000 of 6000 × 4000');
    await cropButton(page).click();
    await square(page).focus();
    for (let i = 0; i < 8; i++) await page.keyboard.press('+');
    for (let i = 0; i < 40; i++) await page.keyboard.press('ArrowRight');
    await expect.poll(() => cropSquare(page)).toEqual([expect.closeTo(6000 - 1866, -1), expect.anything(), expect.closeTo(1866, -1)]);
    await expect.poll(() => inputPixel(page, 0.02, 0.5)).toEqual([0, 0, 200, 255]);
    await expect.poll(() => inputPixel(page, 0.98, 0.5)).toEqual([0, 0, 200, 255]);
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('two fingers zoom, one moves, and a tap brings the square there', async ({ page }) => {
    await open(page, '?sample=cat-on-wall');
    await cropButton(page).tap();
    const stage = page.getByTestId('stage');
    await stage.scrollIntoViewIfNeeded();
    const box = await restingBox(stage);
    const client = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...points: [number, number][]) =>
      client.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: points.map(([x, y], id) => ({ id, x: box.x + x * box.width, y: box.y + y * box.height })),
      });
    await touch('touchStart', [0.2, 0.5], [0.8, 0.5]);
    await touch('touchMove', [0.3, 0.5], [0.7, 0.5]);
    await touch('touchMove', [0.35, 0.5], [0.65, 0.5]);
    await touch('touchEnd');
    await expect.poll(() => cropSquare(page)).toEqual([expect.closeTo(128, -1), expect.closeTo(128, -1), expect.closeTo(256, -1)]);

    expect(await restingBox(stage)).toEqual(box); // what is above it has kept its height

    await touch('touchStart', [0.5, 0.5]);
    await touch('touchMove', [0.4, 0.45]);
    await touch('touchMove', [0.3, 0.4]);
    await touch('touchEnd');
    await expect.poll(() => cropSquare(page)).toEqual([expect.closeTo(128 - 102, -1), expect.closeTo(128 - 51, -1), expect.closeTo(256, -1)]);

    await stage.tap({ position: { x: 0.97 * box.width, y: 0.97 * box.height } });
    await expect.poll(() => cropSquare(page)).toEqual([expect.closeTo(256, -1), expect.closeTo(256, -1), expect.closeTo(256, -1)]);
  });

  test('nothing overflows, cropping or live', async ({ page }) => {
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await open(page, '?sample=rocket&crop=100_0_300');
    await expect(square(page)).toBeVisible();
    await expect.poll(wide).toBe(0);
    await goLive(page);
    await expect.poll(wide).toBe(0);
  });
});

test('a small network shows its 32 × 32 pixels, or the photo they came from', async ({ page }) => {
  await open(page, '?model=resnet20&sample=cat');
  await expect(caption(page)).toContainText('32 × 32 pixels');
  await page.getByRole('button', { name: '32 × 32', exact: true }).click();
  await expect(page.getByTestId('photo')).toHaveCount(0);
  await page.getByRole('button', { name: 'photo', exact: true }).click();
  await expect(page.getByTestId('photo').locator('img')).toBeVisible();
  // The central square of 451 × 300 fills the frame.
  const box = (await page.getByTestId('photo').boundingBox())!;
  const photo = (await page.getByTestId('photo').locator('img').boundingBox())!;
  expect(photo.height).toBeCloseTo(box.height, 0);
  expect(photo.width / photo.height).toBeCloseTo(451 / 300, 2);
  await axe(page);
});

test('of several files the first is shown, and the page says so', async ({ page }) => {
  await open(page);
  await page.getByTestId('file').setInputFiles(['fixtures/grey.jpg', 'fixtures/alpha.png']);
  await expect(caption(page)).toContainText('grey.jpg');
  await expect(page.getByText('Of 2 files the first is shown, “grey.jpg”.')).toBeVisible();
  await choose(page, 'alpha.png');
  await expect(page.getByText('Of 2 files')).toHaveCount(0);
});

test.describe('camera', () => {
  test('runs live; stopping it lets it go and brings the picture back', async ({ page }) => {
    await open(page, '?sample=coffee');
    const before = await seen(page);
    await goLive(page, '?sample=coffee');
    await expect(caption(page)).toContainText('Camera');
    await expect(sampleButton(page, 'coffee')).toHaveAttribute('aria-pressed', 'false');
    const first = await seen(page);
    expect(first).not.toBe(before);
    await expect.poll(() => seen(page)).not.toBe(first);
    await axe(page);
    // Another model takes over the live picture.
    await page.getByRole('combobox', { name: 'Model' }).selectOption('plain20');
    await expect.poll(() => page.evaluate(() => window.skipscope?.model?.id)).toBe('plain20');
    const later = await seen(page);
    await expect.poll(() => seen(page)).not.toBe(later);
    await expect.poll(() => tracks(page)).toEqual(['live']);

    await page.getByTestId('camera').click();
    await expect(page.getByTestId('camera')).toHaveText('Camera');
    await expect.poll(() => tracks(page)).toEqual(['ended']);
    await expect(caption(page)).toContainText('A cup of coffee');
    await expect.poll(() => seen(page)).toBe(before);
  });

  test('a frame that is taken is the frame that was shown', async ({ page }) => {
    await goLive(page);
    const shown = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="input"]')!;
      const pixels = canvas.toDataURL();
      [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Take this picture')!.click();
      return pixels;
    });
    await expect(caption(page)).toContainText('camera picture');
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    await expect.poll(() => seen(page)).toBe(shown);
    await expect.poll(() => tracks(page)).toEqual(['ended']);
    await expect.poll(() => new URL(page.url()).searchParams.has('sample')).toBe(false);
    await expect(page.getByTestId('camera')).toBeFocused();
    await expect(cropButton(page)).toBeVisible(); // it is a picture like any other
  });

  test('another picture, another view and a hidden tab end it', async ({ page }) => {
    await goLive(page);
    await sampleButton(page, 'rocket').click();
    await expect(caption(page)).toContainText('Falcon 9');
    await expect.poll(() => tracks(page)).toEqual(['ended']);
    await expect(page.getByTestId('camera')).toHaveText('Camera');

    const again = async () => {
      await page.getByTestId('camera').click();
      await expect(caption(page)).toContainText('Camera');
    };
    await again();
    await choose(page, 'grey.jpg');
    await expect.poll(() => tracks(page)).toEqual(['ended', 'ended']);

    await again();
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
      Object.defineProperty(document, 'hidden', { value: false, configurable: true });
    });
    await expect.poll(() => tracks(page)).toEqual(['ended', 'ended', 'ended']);
    await expect(caption(page)).toContainText('grey.jpg');

    await again();
    await page.getByRole('link', { name: 'Benchmark' }).click();
    await expect.poll(() => tracks(page)).toEqual(['ended', 'ended', 'ended', 'ended']);
  });

  test('refused, it says so, and the page lives on', async ({ page }) => {
    await open(page); // no permission was granted
    await page.getByTestId('camera').click();
    await expect(page.getByRole('alert')).toContainText('The camera was not allowed.');
    await axe(page);
    await sampleButton(page, 'coffee').click();
    await expect(caption(page)).toContainText('A cup of coffee');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });

  test('nor is there one on every machine, or for every page', async ({ page }) => {
    await page.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('none', 'NotFoundError'));
    });
    await open(page);
    await page.getByTestId('camera').click();
    await expect(page.getByRole('alert')).toContainText('No camera was found.');
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'mediaDevices', { value: undefined });
      Object.defineProperty(window, 'isSecureContext', { value: false });
    });
    await page.getByTestId('camera').click();
    await expect(page.getByRole('alert')).toContainText('over HTTPS');
  });
});
