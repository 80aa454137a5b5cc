import { expect, it } from 'vitest';
import type { RunResult } from '../../engine';
import { LESSONS, type Question, type Scene } from '../../lessons';
import type { Address } from '../../state/address';
import { Places, to } from '../../state/places.svelte';
import { SHOWN } from '../../state/shown';
import { OPEN } from '../place';
import { FLOW } from '../why/flow/place';
import { LESSON, READ } from './place';
import { isOf, measure, movesTo, rightOf, stands, told, useAll } from './scene';

const statistics = { identity: { rms: 2 }, residual: { rms: 1 }, cosine: -0.25, clipped: 0.3 };
const run = (probabilities: number[], lesion = {}) =>
  ({
    model: { id: 'resnet50', blocks: [{ name: 'layer1.0' }, { name: 'layer1.1' }] },
    lesion,
    statistics: [null, statistics],
    probabilities: Float32Array.from(probabilities),
  }) as unknown as RunResult;

const BLOCK = { model: 'resnet50', sample: 'cat', block: 'layer1.1' };
const FLOWS: Scene = { exhibit: 'flow', settings: { depth: '20', skip: 'off' } };

it('measures the run that the page shows', () => {
  const [intact, cut] = [run([0.75, 0.25]), run([0.25, 0.75])];
  const of = (what: Question['measure'], scene: Scene = BLOCK) => measure(what, scene, { result: cut, intact, running: false, told: null });
  expect(of('size of F relative to x')).toBe(0.5);
  expect(of('clipped by ReLU')).toBe(0.3);
  expect(of('agreement')).toBe(-0.25);
  expect(of('moved')).toBe(0.5);
  expect(of('moved', { ...BLOCK, block: 'layer9.9' })).toBeNull();
  expect(measure('moved', BLOCK, { result: cut, intact: null, running: false, told: null })).toBeNull();
  expect(measure('moved', BLOCK, { result: cut, intact, running: true, told: null })).toBeNull();
});

it('takes from an exhibit what it measured under the scene’s own settings, and nothing else', () => {
  const place = { depth: 20, skip: 'off', norm: 'on', start: 'he', draw: 0 } as const;
  const of = (under: object, scene = FLOWS, running = false) =>
    measure('largest gradient', scene, {
      result: run([1]),
      intact: null,
      running,
      told: { under: to(FLOW, { ...place, ...under }), numbers: { 'largest gradient': 7 } },
    });
  expect(of({})).toBe(7);
  expect(of({}, FLOWS, true)).toBe(7); // what Explore does is of no concern to it
  expect(of({ depth: 26 })).toBeNull();
  expect(of({ draw: 1 })).toBeNull();
  expect(measure('growth of the signal', FLOWS, { result: null, intact: null, running: false, told: { under: to(FLOW, place), numbers: {} } })).toBeNull();
  const paths: Scene = { exhibit: 'paths', seen: { model: 'resnet50', sample: 'cat' } };
  expect(of({}, paths)).toBeNull(); // another exhibit's
});

it('knows which run is a scene’s', () => {
  const lesion = { 'layer1.1': { identity: 1, residual: 0 } };
  expect(isOf(run([1], lesion), { ...BLOCK, lesion })).toBe(true);
  expect(isOf(run([1]), { ...BLOCK, lesion })).toBe(false);
  expect(isOf(run([1], lesion), { ...BLOCK, model: 'resnet20', lesion })).toBe(false);
});

it('knows where a scene is, in Explore, in Compare and in an exhibit', () => {
  const address = { search: '', write: (_: string, query: string) => (address.search = query), forget() {} };
  const places = new Places(address as unknown as Address);
  useAll(places);
  const lesion = { 'layer1.1': { identity: 1, residual: 0 } };
  const scenes: Scene[] = [BLOCK, { ...BLOCK, lesion }, { ...BLOCK, sample: 'coffee' }, { model: 'plain56', sample: 'cat', against: 'resnet56' }, FLOWS];
  for (const scene of scenes) {
    places.go(...movesTo(scene));
    expect(scenes.map((other) => stands(places, other))).toEqual(scenes.map((other) => other === scene));
  }
  expect(address.search).toMatch(/view=why&.*exhibit=flow&depth=20&skip=off$/);
  places.set(to(FLOW, { norm: 'off' }));
  expect(stands(places, FLOWS)).toBe(false);
  places.go(...movesTo(BLOCK));
  places.set(to(OPEN, { view: 'learn' }));
  expect(stands(places, BLOCK)).toBe(false);
  places.go(...movesTo({ model: 'plain56', sample: 'cat', against: 'resnet56' }));
  places.set(to(SHOWN, { block: 'layer2.0' }));
  expect(stands(places, scenes[3]!)).toBe(true); // a pair in any block
});

it('judges an answer by the number alone', () => {
  const question = LESSONS.find(({ id }) => id === 'identity')!.steps.find((step) => step.question?.measure === 'moved')!.question!;
  expect([0, 0.0999, 0.1, 0.4999, 0.5, 1].map((value) => rightOf(question, value))).toEqual([0, 0, 1, 1, 2, 2]);
  expect(told(question, 0.565)).toBe('56.5% of the probability moved to other classes.');
});

it('a step has an address', () => {
  const { write, read } = LESSON.lesson;
  expect(write({ lesson: 'relu', step: 3 })).toBe('relu.3');
  expect(read('relu.3')).toEqual({ lesson: 'relu', step: 3 });
  for (const wrong of ['relu', 'relu.0', 'relu.-1', 'relu.1.2', '.3', 'relu.x', 'relu.111']) expect(read(wrong)).toBeNull();
  expect(READ.teacher.read('relu')).toBe('relu');
  for (const wrong of ['relu.1', '<b>', 'Relu']) expect(READ.teacher.read(wrong)).toBeNull();
});
