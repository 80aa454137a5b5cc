import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BlockInfo, ModelEntry, ModelInfo } from '../engine';
import { loadNetwork } from '../engine/testing/wasm-in-node';
import { cardMarkdown, cardSections, code, designWords, escaped, inputChannels, NOT_STATED, stagesOf, stated } from './model-card';

const MODELS = `${import.meta.dirname}/../../public/models`;
const { models } = JSON.parse(readFileSync(`${MODELS}/registry.json`, 'utf8')) as { models: ModelEntry[] };
const entryOf = (id: string) => models.find((entry) => entry.id === id)!;

function infoOf(id: string): ModelInfo {
  const network = loadNetwork(id);
  const { card, blocks, parameters, macs } = network;
  return { id, card, blocks, parameters, macs };
}

/** A file of somebody's own, of which little is known. */
const block = (stage: number, shortcut: BlockInfo['shortcut'], relu: boolean): BlockInfo => ({
  name: `layer${stage}.0`,
  stage,
  kind: 'basic',
  shortcut,
  relu,
  input: [8, 14, 14],
  output: [8 * stage, 14, 14],
  parameters: 1200,
  macs: 240_000,
});
const foreign: ModelInfo = {
  id: 'own-1',
  card: {
    id: 'own-1',
    title: 'My *net* <script>alert(1)</script>',
    architecture: 'basic 1-1, width 8, 3x3 stem, pre-activation, 1 input',
    stride_in_1x1: false,
    mean: [0.1307, 0.1307, 0.1307],
    std: [0.3081, 0.3081, 0.3081],
    resize_side: 32,
    input_side: 28,
    dataset: '',
    licence: '  ',
    source: 'https://example.org/my_net_v2 | [x](javascript:alert(1))\n# heading',
    accuracy: 'not stated',
    note: '',
    labels: ['0', '1 `tick`', ''],
  },
  blocks: [block(1, 'identity', false), block(2, 'projection', false)],
  parameters: 2500,
  macs: 500_000,
};
const factOf = (info: ModelInfo, title: string, entry: ModelEntry | null = null) =>
  cardSections(entry, info)
    .flatMap(({ facts }) => facts)
    .find((fact) => fact.title === title)?.text;

describe('a card', () => {
  it('says of a foreign model what is stated, and of all else that it is not', () => {
    expect(['Data set', 'Licence', 'Accuracy'].map((title) => factOf(foreign, title))).toEqual([NOT_STATED, NOT_STATED, NOT_STATED]);
    expect([stated(undefined), stated(' x ')]).toEqual([NOT_STATED, 'x']);
    expect(factOf(foreign, 'SHA-256')).toBe('not known');
    expect(factOf(foreign, 'File')).toBeUndefined();
    expect(factOf(foreign, 'Note')).toBeUndefined();
    expect(factOf(foreign, 'Classes')).toBe('3: 0, 1 `tick`, no name');
  });

  it('knows grey pictures, pre-activation and where nothing strides', () => {
    expect(factOf(foreign, 'Picture')).toContain('one channel: grey');
    expect([factOf(foreign, 'Mean'), factOf(foreign, 'Standard deviation')]).toEqual(['0.1307 (of values from 0 to 1)', '0.3081']);
    expect(factOf(foreign, 'Resize and crop')).toContain('a square of 28 is cut');
    expect(factOf(foreign, 'After the sum')).toContain('the sum itself');
    expect(factOf(foreign, 'Shortcuts')).toBe('1 identity, 1 projection');
    expect(factOf(foreign, 'Strides')).toBeUndefined();
    expect([inputChannels('resnet50'), inputChannels('basic 2-2, width 8, 1 input')]).toEqual([3, 1]);
  });

  it('says designs in words, and where there are none as they are written', () => {
    expect(designWords('resnet20-w8')).toBe('ResNet-20 for CIFAR-10, 8 channels in its first stage (He et al. 2015, section 4.2)');
    expect(designWords('plain34')).toContain('the plain twin of ResNet-34: ');
    expect(designWords('resnext50_32x4d')).toContain('32 groups of 4 channels');
    expect(designWords('wide_resnet101_2')).toContain('2 times the channels');
    expect(designWords('resnet50d')).toContain('ResNet-D');
    expect(designWords('resnetv2_50')).toContain('pre-activation');
    expect(designWords('basic 2-2, width 8')).toBe('basic 2-2, width 8');
  });

  it('adds up to its stages', () => {
    const info = infoOf('resnet20');
    const stages = stagesOf(info);
    expect(stages.map(({ blocks, shortcuts }) => [blocks, shortcuts])).toEqual([
      ['3', '3 identities'],
      ['3', '2 identities, 1 option A'],
      ['3', '2 identities, 1 option A'],
      ['', ''],
    ]);
    expect(stages.reduce((sum, { macs }) => sum + macs, 0)).toBe(info.macs);
    expect(stages.at(-1)!.parameters).toBe(3 * 16 * 9 + 16 + 64 * 10 + 10);
  });
});

describe('Markdown', () => {
  it('shows what a file says as it is: nothing of it becomes markup', () => {
    const text = cardMarkdown(null, foreign, 'SkipScope', 'own-1_skip-map.svg');
    expect(text).toContain('# My \\*net\\* \\<script\\>alert(1)\\</script\\>');
    expect(text).toContain('- **Source**: <https://example.org/my_net_v2> \\| \\[x\\](javascript:alert(1)) \\# heading\n');
    expect(text).not.toMatch(/^# heading/m);
    expect(text).toContain('- **Name**: `basic 1-1, width 8, 3x3 stem, pre-activation, 1 input`');
    expect(escaped('a\n\n- b  *c*')).toBe('a - b \\*c\\*');
    expect(escaped('javascript:x')).toBe('javascript:x');
  });

  it('fences code by more ticks than it has', () => {
    expect([code('resnet50'), code('a`b'), code('`'), code('a``b`c'), code('two\nlines')]).toEqual([
      '`resnet50`',
      '``a`b``',
      '`` ` ``',
      '```a``b`c```',
      '`two lines`',
    ]);
  });

  it('of plain20', () => {
    expect(cardMarkdown(entryOf('plain20'), infoOf('plain20'), 'SkipScope', 'plain20_skip-map.svg')).toMatchSnapshot();
  });

  // Its weights are fetched at set-up, and not in the repository; packing them takes a busy machine seconds.
  it.skipIf(!existsSync(`${MODELS}/resnet50.gguf`))('of ResNet-50', { timeout: 60_000 }, () => {
    expect(cardMarkdown(entryOf('resnet50'), infoOf('resnet50'), 'SkipScope', 'resnet50_skip-map.svg')).toMatchSnapshot();
  });
});
