import { beforeEach, expect, it } from 'vitest';
import { Session } from './session';
import type { Decoded } from './decode';
import { withIntact } from './merge';
import type { Bare, RunOrder } from './protocol';
import type { RunResult } from './types';
import { loadNetwork, noise } from './testing/wasm-in-node';

let session: Session;
beforeEach(() => void (session = new Session('resnet20', loadNetwork())));

const decoded = (seed: number, width = 120, height = 90): Decoded => ({ image: noise(width, height, seed), width, height });
const subject = (id: number, crop = null as null | { left: number; top: number; side: number }) => ({
  picture: { id, name: `${id}.png`, width: 120, height: 90 },
  decoded: decoded(id),
  crop,
});
const look = (id: number) => session.look(subject(id), `${id}`);
const order = (more: Partial<RunOrder> = {}): RunOrder => ({ lesion: {}, keep: -1, topK: 3, known: null, ...more });
const cut = { 'layer2.0': { identity: 1, residual: 0 } };
const index = (name: string) => session.info.blocks.findIndex((block) => block.name === name);
/** Everything that a run found, without how long it took. */
function found(run: Bare): unknown {
  const { milliseconds: _, blockMilliseconds: __, ...rest } = run;
  return rest;
}

it('nothing runs before a picture was looked at', () => {
  expect(() => session.run(order())).toThrow('No picture has been looked at');
  expect(() => session.remember()).toThrow('No picture has been looked at');
  expect(() => session.cut(0, null)).toThrow('No picture has been looked at');
});

it('the same look is not taken in anew, another is', () => {
  const first = look(1);
  expect(first).toMatchObject({ look: 1, picture: { id: 1, width: 120, height: 90 }, crop: { side: expect.any(Number) } });
  expect(look(1).look).toBe(1);
  expect(look(2).look).toBe(2);
  expect(session.look(subject(2), null).look).toBe(3); // a frame of a video is like no other
});

it('a lesioned run brings the intact one where the page has not got it', () => {
  const { look: mine } = look(1);
  const alone = session.run(order({ keep: index('layer3.0') }));
  expect(alone).toMatchObject({ look: mine, lesioned: null, intact: { from: 0, lesion: {}, detail: { block: index('layer3.0') } } });
  const both = session.run(order({ lesion: cut, keep: index('layer3.0') }));
  expect(found(both.intact!)).toEqual(found(alone.intact!));
  expect(both.lesioned).toMatchObject({ from: index('layer2.0'), lesion: cut, detail: { block: index('layer3.0') } });
  const known = { look: mine, detail: alone.intact!.detail!.block };
  const again = session.run(order({ lesion: cut, keep: index('layer3.0'), known }));
  expect(again.intact).toBeNull();
  expect(found(again.lesioned!)).toEqual(found(both.lesioned!));
  look(2);
  expect(session.run(order({ lesion: cut, known })).intact).not.toBeNull(); // of another look
});

it('a lesion resumed is the lesion from the pixels on', () => {
  look(1);
  const { intact, lesioned } = session.run(order({ lesion: cut, keep: index('layer3.2') }));
  const whole = session.classify(subject(1), order({ lesion: cut, keep: index('layer3.2') }));
  const merged = withIntact(lesioned as RunResult, intact as RunResult);
  expect(merged.probabilities).toEqual(whole.probabilities);
  expect(merged.statistics).toEqual(whole.statistics);
  expect(merged.means).toEqual(whole.means);
  expect(merged.detail).toEqual(whole.detail);
});

it('an open block before the lesion is looked into once', () => {
  const { look: mine } = look(1);
  const keep = index('layer1.0');
  expect(session.run(order({ lesion: cut, keep, known: { look: mine, detail: keep } })).lesioned!.detail).toBeNull();
  expect(session.run(order({ lesion: cut, keep, known: { look: mine, detail: null } })).lesioned!.detail).toMatchObject({ block: keep });
});

it('classifying beside leaves what is looked at, and what is remembered, as it was', () => {
  look(1);
  session.remember();
  const before = session.run(order({ lesion: cut }));
  const other = session.classify(subject(2), order());
  expect(other.picture.id).toBe(2);
  const after = session.run(order({ lesion: cut, known: { look: before.look, detail: null } }));
  expect(after.intact).toBeNull();
  expect(found(after.lesioned!)).toEqual(found(before.lesioned!));
  expect(look(1).look).toBe(before.look);
});

it('colours mean the same from frame to frame of a film, and not from picture to picture', () => {
  const colours = (id: number, film: boolean) => session.classify(subject(id), order(), film).colours;
  const [first, second] = [colours(1, false), colours(2, false)];
  expect(colours(1, true)).toEqual(first);
  expect(colours(2, true)).not.toEqual(second);
  expect(colours(1, true)).toEqual(first);
  expect(colours(2, false)).toEqual(second);
});

it('every cut is compared with the intact net, and a newer look ends the sweep', () => {
  const { look: mine } = look(1);
  const { intact } = session.run(order({ topK: 1 }));
  const block = index('layer2.0');
  const { damage, look: of } = session.cut(block, null);
  expect(of).toBe(mine);
  const lesioned = session.run(order({ lesion: cut })).lesioned!;
  expect(damage.block).toBe(block);
  expect(damage.top.index).toBe(lesioned.top[0]!.index);
  expect(damage.probability).toBeCloseTo(lesioned.probabilities[intact!.top[0]!.index]!, 6);
  session.classify(subject(2), order()); // in between
  expect(session.cut(block, mine).damage).toEqual(damage);
  look(2);
  expect(() => session.cut(block, mine)).toThrow(expect.objectContaining({ name: 'cancelled' }));
});

it('times every block, and leaves what is remembered as it was', () => {
  expect(() => session.time()).toThrow('No picture has been looked at');
  look(1);
  session.remember();
  const before = session.run(order({ lesion: cut })).lesioned!;
  const times = session.time();
  expect(times).toHaveLength(session.info.blocks.length);
  for (const time of times) expect(time).toBeGreaterThanOrEqual(0);
  expect(found(session.run(order({ lesion: cut })).lesioned!)).toEqual(found(before));
});

it('two classes of one label have two names, in results and in sweeps', () => {
  const network = loadNetwork();
  const twins = { ...network.card, labels: network.card.labels.map(() => 'crane') };
  Object.defineProperty(network, 'card', { value: twins });
  session = new Session('twins', network);
  look(1);
  const { intact } = session.run(order({ topK: 10 }));
  for (const { index, label } of intact!.top) expect(label).toBe(`crane (${index})`);
  const { top } = session.cut(0, null).damage;
  expect(top.label).toBe(`crane (${top.index})`);
});

it('crops are told in pixels of the picture, also where it was reduced', () => {
  const crop = { left: 100, top: 60, side: 50 };
  const reduced = { ...subject(1, crop), decoded: { image: noise(120, 90), width: 240, height: 180 } };
  expect(session.look(reduced, 'reduced').crop).toEqual(crop);
  expect(session.run(order()).intact!.crop).toEqual(crop);
});

it('what was asked for first comes first, and what was aborted meanwhile not at all', async () => {
  const done: string[] = [];
  const abort = new AbortController();
  const slow = session.inOrder(null, async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    done.push('slow');
  });
  const aborted = session.inOrder(abort.signal, () => void done.push('aborted'));
  const fails = session.inOrder(null, () => {
    throw new Error('no');
  });
  const last = session.inOrder(null, () => void done.push('last'));
  abort.abort();
  await expect(aborted).rejects.toMatchObject({ name: 'cancelled' });
  await expect(fails).rejects.toThrow('no');
  await Promise.all([slow, last]);
  expect(done).toEqual(['slow', 'last']);
  session.free();
  session.free(); // twice is once
  await expect(session.inOrder(null, () => 1)).rejects.toMatchObject({ name: 'cancelled' });
});
