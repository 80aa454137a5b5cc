import { expect, it } from 'vitest';
import { EngineError, ThreadBudget } from '../../../engine';
import { FakeWorker } from '../../../engine/testing/fake-worker';
import { Lab, type Settings, type Stretch } from '../../../lab';
import type { RacePlace } from './place';
import { Race, settingsOf } from './race.svelte';
import { standing } from './words';

const PLACE: RacePlace = { layers: 20, left: 'residual', right: 'plain', rate: '0.1', wide: '16', tenths: 7, bare: false, seed: 4 };
const USUAL = { steps: 20, depth: 8, batchNorm: false, learningRate: 1, seed: 0 } as Settings;

/** A lab whose net gets better by its depth of patience: no wasm. */
class Fake {
  begun: Settings[] = [];
  asked: { steps: number; look: boolean }[] = [];
  ended = false;
  step = 0;
  readonly lost = new AbortController().signal;
  wait: Promise<void> = Promise.resolve();
  fails = false;
  defaults = async () => USUAL;
  begin = async (settings: Settings) => {
    this.begun.push(settings);
    this.step = 0;
    return ['disc', 'ring'];
  };
  train = async (steps: number, look: boolean, signal?: AbortSignal): Promise<Stretch> => {
    this.asked.push({ steps, look });
    await this.wait;
    if (signal?.aborted) throw new EngineError('cancelled', 'given up');
    if (this.fails) throw new EngineError('engine', 'the net could not be trained');
    const progress = Array.from({ length: steps }, () => ({ step: ++this.step, loss: 10 / this.step, accuracy: 0.5 }));
    return {
      progress,
      norms: [{ name: 'conv1', gradient: 1 }],
      looked: look ? { evaluation: { loss: 1, accuracy: this.step / 20, pictures: 500 }, samples: [] } : null,
    };
  };
  model = async (id: string, title: string, accuracy: string) => {
    if (this.begun.at(-1)!.wiring === 'pre-activation') throw new EngineError('engine', 'no net that others know');
    return { bytes: new TextEncoder().encode([id, title, accuracy].join('; ')), sha256: 'f00d' };
  };
  checkpoint = async () => new Uint8Array(3);
  numbers = async () => Float32Array.of(1, 2);
  end = () => (this.ended = true);
}

function start(): { race: Race; labs: Fake[] } {
  const labs: Fake[] = [];
  const race = new Race(() => {
    labs.push(new Fake());
    return labs.at(-1) as unknown as Lab;
  });
  race.reset(PLACE);
  return { race, labs };
}

it('both nets get the same settings but for their wiring, and the same steps', async () => {
  const { race, labs } = start();
  await race.play();
  expect(labs).toHaveLength(2);
  expect(labs.map(({ begun }) => begun)).toEqual(
    ['residual', 'plain'].map((wiring) => [{ steps: 20, depth: 20, width: 16, batchNorm: true, learningRate: 0.1, seed: 4, wiring }]),
  );
  expect(labs[0]!.asked).toEqual(labs[1]!.asked);
  expect([race.steps, race.over, race.playing]).toEqual([20, true, false]);
  // Means over five steps: 10 (1 + 1/2 + 1/3 + 1/4 + 1/5) / 5.
  expect(race.runners[1]!.losses[0]).toEqual({ x: 5, y: expect.closeTo(4.5667, 3) });
  expect(race.runners[0]!.accuracies[0]).toEqual({ x: 5, y: 0.25 });
});

it('a race of 20 steps that was paused goes on, and no step is done twice', async () => {
  const { race, labs } = start();
  await race.step();
  expect([race.steps, race.playing]).toEqual([5, false]);
  const playing = race.play();
  race.pause();
  await playing;
  expect(race.steps).toBe(10);
  await race.play();
  expect(labs[0]!.asked.reduce((sum, { steps }) => sum + steps, 0)).toBe(20);
});

it('reset, it begins anew with two new nets in the same workers; what was under way changes nothing', async () => {
  const { race, labs } = start();
  await race.step();
  let go = () => {};
  labs[0]!.wait = new Promise((resolve) => (go = resolve));
  const late = race.step();
  race.reset({ ...PLACE, layers: 8 });
  labs[0]!.wait = Promise.resolve();
  go();
  await late;
  expect([race.steps, race.busy, race.problem, race.runners[0]!.losses.length]).toEqual([0, false, null, 0]);
  await race.step();
  expect(labs).toHaveLength(2);
  expect(labs[0]!.begun.at(-1)).toMatchObject({ depth: 8 });
  expect(race.runners[0]!.losses).toHaveLength(1);
});

it('what goes wrong is said, and stops the race', async () => {
  const { race, labs } = start();
  await race.step();
  labs[1]!.fails = true;
  await race.play();
  expect([race.problem, race.playing, race.busy]).toEqual(['the net could not be trained', false, false]);
});

it('standing still it has its nets to give, and says of which there is no file', async () => {
  const { race } = start();
  race.reset({ ...PLACE, right: 'pre-activation' });
  await race.step();
  const [residual, other] = race.nets;
  expect(residual).toMatchObject({ name: 'residual', title: 'Race: residual, 20 layers, 5 steps', settings: { wiring: 'residual', seed: 4 } });
  expect('blob' in residual!.file && (await residual!.file.blob.text())).toBe(
    'race; Race: residual, 20 layers, 5 steps; 25.0% of 500 test pictures after 5 steps',
  );
  expect(other!.file).toEqual({ missing: 'no net that others know' });
  expect([...other!.numbers]).toEqual([1, 2]); // which other exhibits can use all the same
  await race.play();
  expect(race.nets[0]!.title).toContain('20 steps');
  race.reset(PLACE);
  expect(race.nets).toEqual([]);
});

it('a shortcut is scaled by what the address says', () => {
  expect(settingsOf(USUAL, PLACE, 'scaled')).toMatchObject({ wiring: { scaled: 0.7 }, width: 16 });
});

it.each([1, 2])('on %i cores as many nets are busy at once, and both go on', async (cores) => {
  const budget = new ThreadBudget(cores);
  let [busy, most] = [0, 0];
  const slow = async <T>(answer: T) => {
    most = Math.max(most, ++busy);
    await new Promise((resolve) => setTimeout(resolve, 1));
    busy--;
    return answer;
  };
  const worker = () => {
    let step = 0;
    return new FakeWorker({
      defaults: async () => ({ ...USUAL, steps: 40 }),
      begin: () => slow(['disc']),
      train: (_: number, steps: number) =>
        slow({ progress: Array.from({ length: steps }, () => ({ step: ++step, loss: 1, accuracy: 0 })), norms: [], looked: null }),
      numbers: () => slow(new Float32Array(1)),
      checkpoint: () => slow(new Uint8Array(1)),
      model: () => slow({ bytes: new Uint8Array(1), sha256: '' }),
    });
  };
  const race = new Race(() => new Lab(worker() as unknown as Worker, budget));
  race.reset(PLACE);
  await race.play();
  expect([race.problem, race.steps, most]).toEqual([null, 40, cores]);
  race.end();
});

it('ended, it gives its workers back', async () => {
  const { race, labs } = start();
  await race.step();
  race.end();
  expect(labs.map(({ ended }) => ended)).toEqual([true, true]);
});

it('says where they stand with the race’s own numbers', async () => {
  expect(standing(0, [], 500)).toMatch(/Press Play/);
  const { race } = start();
  expect(standing(race.length, race.runners, 500)).toMatch(/Press Play/);
  await race.step();
  expect(standing(race.length, race.runners, 500)).toBe(
    'After 5 of 20 steps, of 500 pictures that neither has seen: residual 25.0%, plain 25.0% right. Guessing gets 10%.',
  );
});
