import { describe, expect, it } from 'vitest';
import type { Facts } from '../../foreign';
import { answered, offered, presetsFor, recognised, usual, wrongWith } from './questions';

const facts = (classes: number, side: number, architecture = 'resnet50'): Facts =>
  ({ classes, small_stem: side === 32, card: { architecture, input_side: side, resize_side: side === 32 ? 32 : 256 } }) as Facts;

describe('what is asked of a file', () => {
  it('is answered with the usual', () => {
    expect(usual('my net.pth', facts(1000, 224))).toMatchObject({ title: 'my net', labels: 'imagenet', preset: 'imagenet', inputSide: 224, resizeSide: 256 });
    expect(usual('a.onnx', facts(10, 32))).toMatchObject({ title: 'a', labels: 'cifar', preset: 'cifar', resizeSide: 32 });
    expect(usual('.pt', facts(7, 224))).toMatchObject({ title: '.pt', labels: 'numbers' });
  });

  it('offers the names that fit', () => {
    expect(offered(facts(1000, 224)).map(({ value }) => value)).toEqual(['imagenet', 'numbers', 'file']);
    expect(offered(facts(10, 224)).map(({ value }) => value)).toEqual(['cifar', 'numbers', 'file']);
    expect(offered(facts(3, 224)).map(({ value }) => value)).toEqual(['numbers', 'file']);
  });

  it('says what is wrong', () => {
    const draft = usual('a.pth', facts(3, 224));
    const wrong = (change: object) => wrongWith({ ...draft, ...change }, facts(3, 224));
    expect(wrong({})).toBeNull();
    expect(wrong({ title: ' ' })).toMatch(/name/);
    expect(wrong({ labels: 'file' })).toMatch(/Choose/);
    expect(wrong({ labels: 'file', own: ['a', 'b'] })).toBe('The file names 2 classes, and the network has 3.');
    expect(wrong({ labels: 'file', own: ['a', 'b', 'c'] })).toBeNull();
    for (const inputSide of [7, 513, 30.5, NaN, undefined]) expect(wrong({ inputSide })).toMatch(/whole numbers/);
    expect(wrong({ inputSide: 256, resizeSide: 224 })).toMatch(/smaller/);
  });

  it('is told to the reader', () => {
    const draft = usual('a.pth', facts(3, 224));
    expect(answered({ ...draft, title: ' mine ' })).toMatchObject({ title: 'mine', label_set: 'numbers', preset: 'imagenet', input_side: 224 });
    expect(answered({ ...draft, labels: 'file', own: ['a', 'b', 'c'] })).toMatchObject({ labels: ['a', 'b', 'c'] });
  });

  it('of a kept model is answered as it was', () => {
    const card = {
      ...{ title: 'Mine', architecture: 'resnet18', input_side: 64, resize_side: 72, stride_in_1x1: false, mean: [0.4, 0.4, 0.4], std: [0.2, 0.25, 0.3] },
      ...{ dataset: 'not stated', licence: 'MIT', source: '', accuracy: 'not stated', note: 'a note' },
    };
    const kept = { classes: 3, small_stem: false, card, stated: { precision: 'f32', plain: false } } as unknown as Facts;
    const draft = usual('mine.pth', kept);
    expect(draft).toMatchObject({ title: 'Mine', labels: 'kept', preset: '', resizeSide: 72, dataset: '', licence: 'MIT', note: 'a note' });
    expect(wrongWith(draft, kept)).toBeNull();
    expect(offered(kept)[0]).toEqual({ value: 'kept', title: 'as they are' });
    expect(presetsFor(kept)[0]).toEqual({ name: '', title: 'As it is', what: 'less 0.4, over 0.2, 0.25, 0.3' });
    const said = answered(draft);
    for (const key of ['labels', 'label_set', 'preset']) expect(said).not.toHaveProperty(key); // the reader keeps what it has
    const known = { ...kept, stated: { ...kept.stated!, preset: 'half', label_set: 'numbers' } } as Facts;
    expect(usual('mine.pth', known)).toMatchObject({ labels: 'numbers', preset: 'half' });
    expect(presetsFor(known).map(({ name }) => name)).not.toContain('');
  });

  it('names what was recognised', () => {
    const name = (architecture: string) => recognised(facts(10, 224, architecture));
    expect(name('resnet50')).toBe('ResNet-50.');
    expect(name('resnext50_32x4d')).toBe('ResNeXt-50 (32 × 4d).');
    expect(name('wide_resnet101_2')).toBe('Wide ResNet-101-2.');
    expect(name('resnetv2_50')).toBe('ResNet-50 v2 (pre-activation).');
    expect(name('basic 2-2, width 24')).toBe('A ResNet of its own design: basic 2-2, width 24.');
  });
});
