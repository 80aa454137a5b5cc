// @vitest-environment happy-dom
/** A block whose output is the sum itself, as pre-activation nets have them: no word and no sign of it speaks of a ReLU behind the sum. */
import { createRawSnippet, flushSync, mount, unmount, type Component } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BlockDetail, BlockInfo, BlockStatistics } from '../../engine';
import { paletteOf } from '../../render/colormap';
import { channelsOf } from '../../render/channels';
import ChannelLarge from '../block/ChannelLarge.svelte';
import { goesOnTo, shortcutNote, statisticsLines } from '../block/words';
import BlockRow from '../explore/BlockRow.svelte';
import MapLegend from '../map/MapLegend.svelte';
import Stage from './Stage.svelte';
import { sentence } from './words';

const scope = vi.hoisted((): { palette: unknown } => ({ palette: null }));
vi.mock('../ui/palette', () => ({ getPalette: () => () => scope.palette }));
beforeEach(() => {
  scope.palette = paletteOf(null, false);
  HTMLCanvasElement.prototype.getContext = () => null;
});
afterEach(() => vi.restoreAllMocks());

const block = (relu: boolean, shortcut: BlockInfo['shortcut'] = 'identity'): BlockInfo => ({
  name: 'layer1.1',
  stage: 1,
  kind: 'bottleneck',
  shortcut,
  relu,
  input: [2, 1, 1],
  output: [2, 1, 1],
  parameters: 1,
  macs: 1,
});
const moments = (rms: number) => ({ mean: 0, rms, min: -rms, max: rms });
const statistics = (relu: boolean): BlockStatistics => ({
  identity: moments(2),
  residual: moments(1),
  sum: moments(3),
  output: moments(relu ? 2 : 3),
  cosine: 0.5,
  clipped: relu ? 0.25 : 0,
});
const tensor = (...data: number[]) => ({ channels: 2, height: 1, width: 1, data: Float32Array.from(data) });
const detail = (relu: boolean): BlockDetail => ({
  block: 0,
  scales: { identity: 1, residual: 1 },
  identity: tensor(1, -2),
  residual: tensor(0.5, -1),
  output: relu ? tensor(1.5, 0) : tensor(1.5, -3),
  steps: [],
  classWeights: null,
});

function shown<P extends Record<string, unknown>>(component: Component<P>, props: P): { text: string; html: string } {
  const target = document.createElement('div');
  const mounted = mount(component, { target, props });
  flushSync();
  const text = target.textContent.replace(/\s+/g, ' ');
  const html = target.innerHTML;
  void unmount(mounted);
  return { text, html };
}

const nothing = createRawSnippet(() => ({ render: () => '<i></i>' }));
const stage = (relu: boolean) =>
  shown(Stage as unknown as Component<Record<string, unknown>>, {
    info: block(relu),
    statistics: statistics(relu),
    detail: detail(relu),
    colours: null,
    order: [1, 0],
    subject: 1,
    scales: { identity: 1, residual: 1 },
    own: false,
    feeds: null,
    onsubject: () => {},
    onscale: () => {},
    onprepare: () => {},
    changed: nothing,
  }).text;

describe('the stage', () => {
  it('leads from the sum to the output by a ReLU where there is one', () => {
    expect(stage(true)).toMatch(/→ReLU/);
    expect(stage(true)).toMatch(/−3\.00 → ReLU → 0\.00/);
    expect(stage(true)).toContain('25.0% below zero');
    expect(stage(true)).toContain('goes on to pooling and classifier');
  });

  it('sets the output equal to the sum where there is none, with its sign', () => {
    const text = stage(false);
    expect(text).toMatch(/= −3\.00 = −3\.00/);
    expect(text.replaceAll('no ReLU follows', '')).not.toMatch(/ReLU|→|below zero/);
    expect(text).toContain('no ReLU follows');
    expect(text).toContain('goes on to the classifier');
  });
});

it('sentences say nothing of a ReLU that is not there', () => {
  const [intact, cut] = [
    { identity: 1, residual: 1 },
    { identity: 1, residual: 0 },
  ];
  expect(sentence(block(false), statistics(false), intact, null)).toBe(
    'F(x) is 0.50 times the size of x, to which it is added. No ReLU follows: the sum itself goes on.',
  );
  expect(sentence(block(true), statistics(true), intact, null)).toContain('ReLU then removes the 25.0% of the sum that is negative.');
  expect(sentence(block(false), statistics(false), cut, null)).toBe('F(x) is cut: this block passes x on as it is.');
  expect(sentence(block(true), statistics(true), cut, null)).toContain('except that ReLU removes what is negative');
  const alone = { channel: 3, x: null, output: { mean: -1, rms: 2 } };
  expect(sentence(block(false, 'none'), statistics(false), intact, alone)).toBe('Channel 3 of F(x) goes on alone: −1.00 on average.');
  expect(statisticsLines('sum', block(false), statistics(false), null)[1]).toBe('no ReLU follows: it is the output');
  expect(statisticsLines('sum', block(true), statistics(true), null)[1]).toBe('25.0% below zero, which ReLU clips');
  expect(goesOnTo(block(false), 'layer1.2')).toBe('layer1.2');
  expect(shortcutNote(block(false, 'projection'))).toContain('batch norm, ReLU and a 1 × 1 convolution');
  expect(shortcutNote(block(true, 'projection'))).not.toContain('batch norm');
});

it('a channel shown large, the list and the map have no ReLU either', () => {
  const large = (relu: boolean) =>
    shown(ChannelLarge as unknown as Component<Record<string, unknown>>, {
      info: block(relu),
      detail: detail(relu),
      channels: channelsOf(detail(relu)),
      channel: 1,
      limit: 3,
      cursor: { channel: 1, at: 0 },
      order: [0, 1],
      labels: [],
      input: null,
      twoByTwo: false,
      oncursor: () => {},
      onchannel: () => {},
    }).text;
  expect([large(true), large(false)].map((text) => /ReLU|→/.test(text))).toEqual([true, false]);
  const row = (relu: boolean) =>
    shown(BlockRow as unknown as Component<Record<string, unknown>>, {
      info: block(relu),
      statistics: statistics(relu),
      colours: { identity: null, residual: null, sum: null, output: null },
      strongest: 3,
      open: false,
      hovered: false,
      onopen: () => {},
      onhover: () => {},
    }).html;
  expect([row(true), row(false)].map((html) => /class="[^"]*clipped[^"]*">([^<]*)</.exec(html)?.[1])).toEqual(['25%', '–']);
  const legend = (relu: boolean) =>
    shown(MapLegend as unknown as Component<Record<string, unknown>>, { blocks: [block(relu)], strongest: 1, pictured: false }).text;
  expect([legend(true), legend(false)].map((text) => text.includes('then ReLU'))).toEqual([true, false]);
});
