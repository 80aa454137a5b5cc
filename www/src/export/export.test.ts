import { describe, expect, it } from 'vitest';
import type { BlockStatistics, ModelInfo, RunResult } from '../engine';
import { LIGHT, paletteOf } from '../render/colormap';
import { paintOf } from './colours';
import { csv, statisticsTable } from './csv';
import { blockPicture } from './block';
import { blockFigure } from './figure';
import { fileName, lesionWords, wrapped } from './names';
import { npy } from './npy';
import { computes, matches, python } from './python';

describe('npy', () => {
  const bytes = npy({ channels: 2, height: 1, width: 3, data: Float32Array.of(1, -2, 0.5, 0, 3, -0.25) });

  it('is format 1.0, byte by byte', () => {
    expect([...bytes.slice(0, 8)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
    expect([...bytes.slice(8, 10)]).toEqual([118, 0]); // 10 + 118 = 128, little-endian
    const header = new TextDecoder().decode(bytes.slice(10, 128));
    expect(header).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 1, 3), }".padEnd(117) + '\n');
    expect(bytes).toHaveLength(128 + 24);
    expect([...bytes.slice(128, 140)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0, 0x3f]); // 1, −2, 0.5
  });

  it('keeps every value, NaN and infinities too', () => {
    const data = Float32Array.of(Math.PI, NaN, -Infinity, 1e-40);
    const written = npy({ channels: 1, height: 2, width: 2, data });
    const start = 10 + written[8]! + 256 * written[9]!;
    expect(start % 64).toBe(0);
    expect(new Float32Array(written.buffer.slice(start))).toEqual(data);
  });

  it('refuses a shape that the values do not have', () => {
    expect(() => npy({ channels: 2, height: 2, width: 2, data: new Float32Array(7) })).toThrow(/7 values/);
  });
});

const moments = (rms: number) => ({ mean: 0.5, rms, min: -1, max: 2 });
const block = (name: string, shortcut: 'identity' | 'none', relu = true) => ({
  name,
  stage: 1,
  kind: 'basic' as const,
  shortcut,
  relu,
  input: [16, 32, 32] as [number, number, number],
  output: [16, 32, 32] as [number, number, number],
  parameters: 4640,
  macs: 4718592,
});
const statistics = (identity: boolean): BlockStatistics => ({
  identity: identity ? moments(2) : null,
  residual: moments(1),
  sum: moments(3),
  output: moments(1),
  cosine: identity ? -0.5 : null,
  clipped: 0.25,
});
const card = { title: 'ResNet-20 (CIFAR-10)', architecture: 'resnet20', stride_in_1x1: false, dataset: 'CIFAR-10', labels: ['cat'] };
const result = {
  model: { id: 'resnet20', card, blocks: [block('layer1.0', 'identity'), block('layer1.1', 'none')] },
  picture: { name: 'my "best", cat.jpg' },
  statistics: [statistics(true), statistics(false)],
  blockMilliseconds: [1.5, 0.25],
  lesion: { 'layer1.0': { identity: 1, residual: 0 } },
} as unknown as RunResult;

describe('csv', () => {
  it('quotes as RFC 4180 says', () => {
    expect(csv([['a', 'b,c', 'say "x"', 'two\nlines', -0.5, null, NaN]])).toBe('a,"b,c","say ""x""","two\nlines",-0.5,,\r\n');
  });

  it('has a row per block, and as many fields in each as the header has', () => {
    const table = statisticsTable(result);
    expect(table).toHaveLength(3);
    for (const row of table) expect(row).toHaveLength(table[0]!.length);
    const of = (row: number, name: string) => table[row]![table[0]!.indexOf(name)];
    expect(of(1, 'block')).toBe('layer1.0');
    expect(of(1, 'time (ms)')).toBe(1.5);
    expect(of(1, 'identity rms')).toBe(2);
    expect(of(1, 'rms of residual / rms of identity')).toBe(0.5);
    expect([of(1, 'scale of identity (factor)'), of(1, 'scale of residual (factor)')]).toEqual([1, 0]);
    expect([of(2, 'identity rms'), of(2, 'cosine of identity and residual'), of(2, 'scale of identity (factor)')]).toEqual([null, null, null]);
    expect(of(2, 'clipped by ReLU (share)')).toBe(0.25);
    const without = { ...result, model: { ...result.model, blocks: result.model.blocks.map((info) => ({ ...info, relu: false })) } };
    expect(statisticsTable(without)[1]!.at(-1)).toBeNull();
  });
});

it('file names say model, picture, block and branch, in characters that every system takes', () => {
  expect(fileName(['resnet50', 'Übung/2 (neu).JPG', 'layer2.1', 'residual'], 'npy')).toBe('resnet50_ubung-2-neu_layer2.1_residual.npy');
  expect(fileName(['resnet50', '../../x', null, 'blocks'], 'csv')).toBe('resnet50_x_blocks.csv');
});

it('captions name every cut', () => {
  expect(lesionWords({})).toBe('intact net');
  expect(lesionWords({ 'layer1.0': { identity: 1, residual: 0 }, 'layer2.0': { identity: 0.5, residual: 2 } })).toBe(
    'layer1.0: F(x) cut; layer2.0: x × 0.5, F(x) × 2',
  );
  expect(wrapped('one two three four', 9)).toEqual(['one two', 'three', 'four']);
});

describe('python', () => {
  const request = { model: result.model, file: 'resnet20.gguf', block: 'layer2.0', picture: 'a "b".png', lesion: {} };

  it('names the weights, the picture and the block', () => {
    const code = python(request);
    expect(code).toContain('MODEL = "resnet20.gguf"');
    expect(code).toContain('PICTURE = "a \\"b\\".png"');
    expect(code).toContain('BLOCK = "layer2.0"');
    expect(code).toContain('SCALES = {}');
    expect(code).toContain('register_forward_hook');
    expect(code).not.toContain('’'); // a quote that no keyboard has, in code
    expect(code).not.toMatch(/undefined|\[object/);
  });

  it('carries the lesion', () => {
    const code = python({ ...request, lesion: { 'layer1.1': { identity: 1, residual: 0 } } });
    expect(code).toContain('SCALES = {"layer1.1": (1, 0)}');
  });

  it('of a plain net it names no identity branch', () => {
    const model = { ...result.model, blocks: [block('layer1.0', 'none')] } as ModelInfo;
    const code = python({ ...request, model });
    expect(code).toContain('residual (a plain net has no identity branch), sum, output');
    expect(code).not.toContain('identity, residual');
    expect(python(request)).toContain('identity, residual, sum, output');
  });

  const ofDesign = (architecture: string, stride_in_1x1 = false) => ({ ...result.model, card: { ...card, architecture, stride_in_1x1 } }) as ModelInfo;

  it('says where torchvision’s net is another one, and where it is the same', () => {
    expect(python({ ...request, model: ofDesign('resnet50', true) })).toMatch(/torchvision's net of that depth does not match.*3x3/);
    expect(python({ ...request, model: ofDesign('resnet18') })).toMatch(/torchvision\.models\.resnet18 has the same convolutions/);
    expect(matches(ofDesign('resnet20'))[1]).toContain('section 4.2');
  });

  it('knows the paper’s designs and no other', () => {
    expect(['resnet50', 'plain20', 'resnet26-w8'].map((name) => computes(ofDesign(name)))).toEqual([true, true, true]);
    for (const name of ['resnet50d', 'resnext50_32x4d', 'resnetv2_50', 'wide_resnet50_2', 'basic 2-2, width 8'])
      expect(computes(ofDesign(name)), name).toBe(false);
  });
});

describe('figures', () => {
  const colours = { paper: '#fff', ink: '#000', mute: '#666', line: '#ddd' };
  const panel = (picture: string | null) => ({ title: 'identity <x>', sub: 'rms 1', colour: '#00f', picture, operator: '+' });

  it('is one element with escaped words, and says so where there is no identity', () => {
    const svg = blockFigure({
      title: 'a & b',
      panels: [panel('data:image/png;base64,AA=='), panel(null)],
      aspect: 1.5,
      scales: [{ table: LIGHT.diverging, low: '−1', high: '+1' }],
      caption: ['x'],
      colours,
    });
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain('a &amp; b');
    expect(svg).toContain('identity &lt;x&gt;');
    expect(svg).toContain('no identity branch');
    for (const tag of svg.match(/<\w[^>]*>/g)!) {
      const names = [...tag.matchAll(/\s([\w:-]+)="/g)].map((match) => match[1]);
      expect(new Set(names).size, tag).toBe(names.length); // an attribute twice is no XML
    }
  });

  const tensor = (value: number) => ({ channels: 1, height: 1, width: 1, data: Float32Array.of(value) });
  const drawn = (shortcut: 'identity' | 'projection' | 'none', scales = { identity: 1, residual: 1 }, relu = true) =>
    blockPicture({
      info: { ...block('layer1.0', 'identity', relu), shortcut },
      statistics: statistics(shortcut !== 'none'),
      detail: { block: 0, scales, identity: shortcut === 'none' ? null : tensor(1), residual: tensor(2), output: tensor(3), steps: [], classWeights: null },
      sort: 'index',
      scale: 'shared',
      palette: paletteOf(null, false),
      colours: { ...colours, branch: { identity: '#00f', residual: '#f00', sum: '#000', output: '#000' } },
      caption: [],
      title: '',
      dataUrl: () => 'data:image/png;base64,AA==',
    });

  it('a plain block claims no x, a projected x is called one, and a scaled branch carries its factor', () => {
    const plainBlock = drawn('none');
    expect(plainBlock).toContain('>F(x) = sum → ReLU → output.');
    expect(plainBlock).toContain('no identity branch');
    expect(plainBlock).not.toMatch(/x \+ F\(x\)|identity x/);
    expect(drawn('identity')).toContain('>x + F(x) = sum');
    expect(drawn('projection', { identity: 1, residual: 0.5 })).toContain('>projected x + 0.5 × F(x) = sum');
  });

  it('where no ReLU follows, the sum is the output, and there is one scale', () => {
    const drawing = drawn('identity', { identity: 1, residual: 1 }, false);
    expect(drawing).toContain('>x + F(x) = sum = output.');
    expect(drawing).not.toMatch(/ReLU|→/);
    expect([drawing, drawn('identity')].map((svg) => svg.match(/<linearGradient/g)!.length)).toEqual([1, 2]);
  });

  it('colours become what every program reads', () => {
    expect(paintOf('rgb(1, 2, 3)')).toEqual({ colour: 'rgb(1,2,3)', opacity: 1 });
    expect(paintOf('rgba(1, 2, 3, 0.5)')).toEqual({ colour: 'rgb(1,2,3)', opacity: 0.5 });
    expect(paintOf('rgba(0, 0, 0, 0)')!.colour).toBe('none');
    expect(paintOf('color(srgb 1 0.5 0 / 0.25)')).toEqual({ colour: 'rgb(255,128,0)', opacity: 0.25 });
    expect(paintOf('url("#a")')).toBeNull();
  });
});
