// @vitest-environment happy-dom
/** Every list of classes, mounted with each of 1,000 classes as its first: labels repeat, as ImageNet's do. */
import { flushSync, mount, unmount, type Component } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { BlockDetail, Damage, Prediction, RunResult } from '../engine';
import { distinct } from '../engine/labels';
import { channelsOf } from '../render/channels';
import ChannelLarge from './block/ChannelLarge.svelte';
import SideCard from './compare/SideCard.svelte';
import BlockCam from './depth/BlockCam.svelte';
import SweepPanel from './lesion/SweepPanel.svelte';
import PredictionList from './picture/Prediction.svelte';

const CLASSES = 1000;
/** ImageNet's own, by index. */
const TWINS = [
  [134, 517],
  [638, 639],
] as const;
const RAW = Array.from({ length: CLASSES }, (_, index) => {
  const twins = TWINS.findIndex((pair) => (pair as readonly number[]).includes(index));
  return twins < 0 ? `label ${index}` : `twin ${twins}`;
});

const LABELS = distinct(RAW);

const scope = vi.hoisted(() => ({}));
vi.mock('../state/scope', () => ({ getSkipScope: () => scope }));
vi.mock('./ui/palette', () => ({ getPalette: () => () => PALETTE }));
const PALETTE = vi.hoisted(() => ({ diverging: new Uint8ClampedArray(4 * 256), sequential: new Uint8ClampedArray(4 * 256) }));
beforeEach(() => {
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      observe() {}
      unobserve() {}
    },
  );
  HTMLCanvasElement.prototype.getContext = () => null;
});
afterEach(() => vi.unstubAllGlobals());

const tensor = (value: number) => ({ channels: 2, height: 1, width: 1, data: Float32Array.of(value, -value) });
const info = {
  name: 'layer4.0',
  stage: 4,
  kind: 'basic',
  shortcut: 'identity',
  relu: true,
  input: [2, 1, 1],
  output: [2, 1, 1],
  parameters: 1,
  macs: 1,
} as const;

/** A run whose likeliest class is `first`, all four twins behind it, under a cut that brought them there. */
function runs(first: number, labels: string[]): { result: RunResult; intact: RunResult; damages: Damage[] } {
  const one = (index: number, probability: number): Prediction => ({ index, label: labels[index]!, probability });
  const order = [...new Set([first, ...TWINS.flat(), 0])].slice(0, 5);
  const top = order.map((index, rank) => one(index, 0.3 - 0.05 * rank));
  const before = [...order].reverse().map((index) => one((index + 500) % CLASSES, 0.2));
  const probabilities = new Float32Array(CLASSES);
  for (const { index, probability } of top) probabilities[index] = probability;
  const detail: BlockDetail = {
    block: 0,
    scales: { identity: 1, residual: 1 },
    identity: tensor(1),
    residual: tensor(2),
    output: tensor(3),
    steps: [],
    classWeights: order.map((index) => ({ index, weights: Float32Array.of(1, 1) })),
  };
  const result = {
    model: { id: 'net', card: { title: 'Net', labels }, blocks: Array.from({ length: 5 }, (_, i) => ({ ...info, name: `layer4.${i}` })) },
    picture: { id: 1, name: 'photo.jpg', width: 1, height: 1 },
    crop: { left: 0, top: 0, side: 1 },
    lesion: { 'layer4.0': { identity: 1, residual: 0 } },
    top,
    probabilities,
    cams: [],
    statistics: [],
    input: { width: 1, height: 1 },
    detail,
  } as unknown as RunResult;
  const damages = order.map((index, block) => ({ block, distance: 0.5, probability: 0.1, top: one(index, 0.4) }));
  return { result, intact: { ...result, lesion: {}, top: before, probabilities: new Float32Array(CLASSES) }, damages };
}

/** What a component shows at these places. */
function shown(component: unknown, props: object, selector: string): string[] {
  const target = document.createElement('div');
  const app = mount(component as Component<object>, { target, props });
  flushSync();
  const found = [...target.querySelectorAll(selector)].map(({ textContent }) => textContent.trim());
  void unmount(app);
  return found;
}

function page(first: number, labels: string[]) {
  const { result, intact, damages } = runs(first, labels);
  Object.assign(scope, {
    side: { result, intact, running: false, prepare() {} },
    app: { open: 'layer4.0', hovered: null },
    places: { use: () => ({ cam: null }) },
    sweep: { result: { intact, damages, state: 'done' }, possible: true, problem: null },
  });
  const channels = channelsOf(result.detail!);
  const large = { info, detail: result.detail!, channels, channel: 1, limit: 1, cursor: { channel: 1, at: 0 }, order: [0, 1], labels };
  return {
    top: () => shown(PredictionList, {}, '[data-testid=top] .label'),
    side: () => shown(SideCard, { side: 'A', result, busy: false, picker: () => {} }, '.label'),
    added: () => shown(ChannelLarge, { ...large, input: null, twoByTwo: false, oncursor() {}, onchannel() {} }, 'dl div:nth-last-child(-n + 3) dt'),
    sweep: () => shown(SweepPanel, {}, '[data-testid=sweep] ul b'),
    cam: () => shown(BlockCam, {}, 'figcaption b'),
  };
}

const isTwin = (index: number) => TWINS.flat().some((twin) => twin === index);

it('no list breaks where a model repeats its labels, and no two classes read alike', () => {
  for (const first of TWINS.flat()) {
    for (const list of Object.values(page(first, RAW))) expect(list).not.toThrow();
    const { top, side, added, sweep, cam } = page(first, LABELS);
    const lists = [top(), side(), added(), sweep()];
    expect(lists.map(({ length }) => length)).toEqual([3, 5, 3, 5]);
    for (const list of lists) expect(new Set(list).size).toBe(list.length);
    expect(cam()[0]).toContain(`(${first})`);
  }
}, 60_000);

it('each of the 1,000 classes leads its list, and the twins follow it, told apart', () => {
  for (let first = 0; first < CLASSES; first++) {
    const { side } = page(first, LABELS);
    const list = side();
    expect(new Set(list).size).toBe(5);
    expect(list[0]).toBe(isTwin(first) ? `${RAW[first]} (${first})` : RAW[first]);
  }
}, 60_000);
