import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LESSONS, PARTS, type Lesson, type Scene } from '.';
import { isExhibit, isPair, netsOf, rightOf, told } from '../views/learn/scene';
import { PAPERS, where } from '../views/ui/papers';
import { EXHIBIT_IDS } from '../views/why/place';
import { EXHIBIT_PLACES } from '../views/why/places';
import { LEFT_OUT, LESSONS as SMALL } from './small';
import { entryOf, WORDS } from './glossary';
import { piecesOf, unmarked } from './marks';

const file = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8');
const models = (JSON.parse(file('../../public/models/registry.json')) as { models: { id: string }[] }).models.map(({ id }) => id);
const samples = (JSON.parse(file('../../public/samples/samples.json')) as { samples: { id: string }[] }).samples.map(({ id }) => id);

const scenesOf = ({ steps }: Lesson): Scene[] => steps.flatMap(({ scene, question }) => (question?.run ? [scene, question.run] : [scene]));
const questionsOf = ({ steps }: Lesson) => steps.flatMap(({ question }) => question ?? []);
/** Blocks of the nets that lessons speak of, stage by stage. */
const BLOCKS: Record<string, number[]> = { resnet50: [3, 4, 6, 3], resnet20: [3, 3, 3], plain20: [3, 3, 3], resnet56: [9, 9, 9], plain56: [9, 9, 9] };
const blocksOf = (model: string) => BLOCKS[model]!.flatMap((count, stage) => Array.from({ length: count }, (_, index) => `layer${stage + 1}.${index}`));

const ALL = [...LESSONS.map((lesson) => [lesson.id, lesson] as const), ...SMALL.map((lesson) => [`${lesson.id}, in one file`, lesson] as const)];

describe.each(ALL)('lesson %s', (_, lesson) => {
  const { id } = lesson;

  it('has a name that an address can hold, of its own', () => {
    expect(id).toMatch(/^[a-z]+$/);
    expect(LESSONS.filter((other) => other.id === id)).toHaveLength(1);
  });

  it('takes place where there is something', () => {
    for (const scene of scenesOf(lesson)) {
      const seen = isExhibit(scene) ? scene.seen : scene;
      if (seen) {
        expect(models).toContain(seen.model);
        expect(samples).toContain(seen.sample);
      }
      if (isPair(scene)) expect(models).toContain(scene.against);
      else if (isExhibit(scene)) {
        const parameters = EXHIBIT_PLACES[EXHIBIT_IDS.find((known) => known === scene.exhibit)!];
        for (const [name, value] of Object.entries(scene.settings ?? {})) {
          // Read as it is written: nothing is refused, rounded or the usual anyway.
          const read = parameters[name]!.read(value);
          expect(read, `${name}=${value}`).not.toBeNull();
          expect([value, null]).toContain(parameters[name]!.write(read));
        }
      } else for (const block of [scene.block, ...Object.keys(scene.lesion ?? {})]) expect(blocksOf(scene.model)).toContain(block);
    }
  });

  it('has an answer to every number, and never two', () => {
    for (const { choices, measure, told: sentence } of questionsOf(lesson)) {
      const inOrder = [...choices].sort((a, b) => a.from - b.from);
      const signed = measure === 'agreement' || measure.includes('error');
      expect(inOrder[0]!.from).toBe(signed ? -Infinity : 0);
      expect(inOrder.at(-1)!.to).toBe(Infinity);
      for (const [i, { from }] of inOrder.slice(1).entries()) expect(from).toBe(inOrder[i]!.to);
      expect(sentence).toContain('{value}');
    }
  });

  it('asks what a rounding does not answer', () => {
    for (const question of questionsOf(lesson)) {
      const around = [0.98, 1, 1.02].map((factor) => rightOf(question, question.found * factor));
      expect(new Set(around), question.ask).toHaveLength(1);
      expect(around[0]).toBeGreaterThanOrEqual(0);
      expect(told(question, question.found)).not.toContain('{value}');
    }
  });

  it('asks before it runs, at least once, and says what many get wrong', () => {
    expect(questionsOf(lesson).length).toBeGreaterThan(0);
    expect(lesson.asks).toMatch(/\?$/);
    expect(lesson.misconception.claim).not.toBe('');
    expect(lesson.sources.length).toBeGreaterThan(0);
    expect(lesson.minutes).toBeGreaterThanOrEqual(5);
    expect(lesson.minutes).toBeLessThanOrEqual(10);
  });

  it('marks words that the glossary has', () => {
    const texts = lesson.steps.flatMap(({ text, question }) => [...text, ...(question ? [question.ask, question.because] : [])]);
    const pieces = [...texts, lesson.misconception.answer].flatMap(piecesOf);
    expect(pieces.some((piece) => typeof piece !== 'string')).toBe(true);
    // Where nothing is marked nothing is shown but the text itself.
    const bare = [
      lesson.aim,
      lesson.asks,
      lesson.title,
      lesson.misconception.claim,
      ...questionsOf(lesson).flatMap(({ told: t, choices }) => [t, ...choices.map(({ text }) => text)]),
    ];
    for (const text of bare) expect(text).not.toMatch(/[[\]|]/);
  });
});

it('in one file a lesson is told of the nets that are there, or left out', () => {
  const needed = SMALL.flatMap(scenesOf).flatMap(netsOf);
  expect([...new Set(needed)].sort()).toEqual(['plain20', 'resnet20']);
  expect([...SMALL, ...LEFT_OUT].map(({ id }) => id).sort()).toEqual(LESSONS.map(({ id }) => id).sort());
  for (const { steps } of SMALL) for (const { text } of steps) expect(text.join(' ')).not.toMatch(/ResNet-56|Plain-56/);
});

it('what a lesson points at can be marked', () => {
  const css = file('../views/learn/pointed.css');
  for (const part of PARTS) expect(css).toContain(`:root[data-point='${part}'] [data-part='${part}']`);
});

it('sections are cited as people cite them', () => {
  expect(['3.2', '3.2, Fig. 2', '3.3, 4.1', '1 (Fig. 1), 4.1', 'abstract'].map(where)).toEqual([
    'section 3.2',
    'section 3.2, Fig. 2',
    'sections 3.3, 4.1',
    'sections 1 (Fig. 1), 4.1',
    'abstract',
  ]);
});

describe('the glossary', () => {
  it.each(WORDS)('says what “%s” means, in sentences, and cites what there is', (word) => {
    const { means, source } = entryOf(word);
    expect(means).toMatch(/^[A-Z].*\.$/);
    if (source) expect(PAPERS).toHaveProperty(source.paper);
  });

  it('is marked in a text by its words, or by others', () => {
    expect(piecesOf('The [rms] of [the logits|logit].')).toEqual(['The ', { shown: 'rms', word: 'rms' }, ' of ', { shown: 'the logits', word: 'logit' }, '.']);
    expect(unmarked('The [rms] of [the logits|logit].')).toBe('The rms of the logits.');
    expect(piecesOf('')).toEqual([]);
    expect(() => piecesOf('[nonsense]')).toThrow('nonsense');
  });
});
