/** Pictures of every kind and of none, as the page reads them: the same as the command line does, which tests/cli holds to the same expectations. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { classify } from './explorer.js';

const PICTURES = join(import.meta.dirname, '../fixtures/pictures');
const expected: Record<string, number[]> = JSON.parse(readFileSync(join(PICTURES, 'expected.json'), 'utf8'));

async function start(page: Page): Promise<void> {
  await page.goto('/?model=resnet20');
  await page.waitForFunction(() => window.skipscope);
}

test('the page makes of a picture what the command line does', async ({ page }) => {
  await start(page);
  for (const [file, probabilities] of Object.entries(expected)) {
    if (file === 'exif-6.webp') continue; // Chromium does not read the orientation of a WebP: the README says so
    const { top } = await classify(page, join(PICTURES, file), { topK: 10 });
    const seen = probabilities.map((_, index) => top.find((p) => p.index === index)!.probability);
    // Two JPEG decoders may differ by a value or two in a pixel, and in how they enlarge subsampled colours. Browsers multiply colours with alpha, and round.
    const grain = file.endsWith('.jpg') ? 0.01 : 0.002;
    seen.forEach((p, index) => expect(Math.abs(p - probabilities[index]!), `${file}, class ${index}: ${p}`).toBeLessThan(grain));
    expect(top[0]!.probability, file).toBe(Math.max(...seen));
    expect(top[0]!.index, file).toBe(probabilities.indexOf(Math.max(...probabilities)));
  }
});

/** The corpus, broken from a seed as tests/cli/mutations.rs does it; runs in the page, where thousands of pictures need no wire. */
async function breakAndClassify([files, each]: [[string, string][], number]): Promise<{
  results: number;
  messages: Record<string, number>;
  strange: string[];
}> {
  let state = 8;
  const below = (n: number): number => {
    state = (state + 0x6d2b79f5) | 0; // mulberry32
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
  const broken = (whole: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
    const bytes = whole.slice();
    const at = below(2) ? below(Math.min(128, bytes.length)) : below(bytes.length);
    switch (below(5)) {
      case 0:
        return bytes.slice(0, at);
      case 1:
        bytes[at]! ^= 1 << below(8);
        return bytes;
      case 2:
        return bytes.fill([0, 0xff, 0x7f, 0x80][below(4)]!, at, at + [1, 2, 4][below(3)]!);
      case 3:
        for (let n = 2 + below(10); n > 0; n--) bytes[below(bytes.length)] = below(256);
        return bytes;
      default: {
        const piece = bytes.slice(below(bytes.length));
        const whole = new Uint8Array(at + piece.length);
        whole.set(bytes.subarray(0, at));
        whole.set(piece, at);
        return whole;
      }
    }
  };
  const said = { results: 0, messages: {} as Record<string, number>, strange: [] as string[] };
  for (const [name, base64] of files) {
    const whole = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    for (let n = 0; n < each; n++) {
      const file = new File([broken(whole)], `${n}-${name}`);
      try {
        const { top } = await window.skipscope!.classify(file, { topK: 1 });
        if (!(top[0]!.probability > 0 && top[0]!.probability <= 1)) said.strange.push(`${file.name}: ${top[0]!.probability}`);
        said.results++;
      } catch (error) {
        const { message } = error as Error;
        if (!message.includes(`“${file.name}”`)) said.strange.push(`${file.name}: ${message}`);
        const kind = message.replace(file.name, '*');
        said.messages[kind] = (said.messages[kind] ?? 0) + 1;
      }
    }
  }
  return said;
}

test('a broken picture gets a result or an error that names it', async ({ page }) => {
  test.setTimeout(300_000);
  await start(page);
  const files = Object.keys(expected).map((name): [string, string] => [name, readFileSync(join(PICTURES, name)).toString('base64')]);
  const said = await page.evaluate(breakAndClassify, [files, 40] as [[string, string][], number]);
  const errors = Object.values(said.messages).reduce((sum, n) => sum + n, 0);
  console.log(`${said.results} results, ${errors} errors: ${JSON.stringify(said.messages)}`);
  expect(said.strange).toEqual([]);
  expect(said.results + errors).toBe(40 * files.length);
  expect(Math.min(said.results, errors)).toBeGreaterThan(200); // neither too tame nor too wild to tell anything
  // And the engine is as it was.
  const { top } = await classify(page, join(PICTURES, 'rgb.png'), { topK: 1 });
  expect(top[0]!.probability).toBeCloseTo(expected['rgb.png']![3]!, 3);
});

/** A small file whose header claims a picture of 65,500 x 65,500 pixels or more. */
function bomb(kind: 'png' | 'jpg' | 'gif'): Buffer {
  if (kind === 'gif') return Buffer.from('474946383961ffffffff800000000000ffffff2c00000000ffffffff0002024401003b', 'hex');
  if (kind === 'png')
    return Buffer.from(
      '89504e470d0a1a0a0000000d4948445200030d4000030d400806000000f93b880a00000008494441547801030000000001c6199e2e0000000049454e44ae426082',
      'hex',
    );
  const bytes = readFileSync(join(PICTURES, 'exif-1.jpg'));
  bytes.writeUInt32BE(0xffdcffdc, bytes.indexOf(Buffer.from('ffc00011', 'hex')) + 5);
  return bytes;
}

test('picture bombs are refused by name, and the next picture is read', async ({ page }) => {
  await start(page);
  for (const kind of ['png', 'jpg', 'gif'] as const) {
    const message = await page.evaluate(
      ([name, base64]) => {
        const bytes = Uint8Array.from(atob(base64!), (c) => c.charCodeAt(0));
        return window.skipscope!.classify(new File([bytes], name!)).then(
          ({ top }) => `a result: ${top[0]!.label}`,
          (error: Error) => error.message,
        );
      },
      [`bomb.${kind}`, bomb(kind).toString('base64')],
    );
    expect(message).toContain(`“bomb.${kind}”`);
    const { top } = await classify(page, join(PICTURES, 'rgb.png'), { topK: 1 });
    expect(top[0]!.label).toBe('cat');
  }
});
