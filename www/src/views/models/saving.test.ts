import { expect, it } from 'vitest';
import type { ModelSource } from '../../engine';
import { precisions, savedName } from './saving';

it('offers what is smaller, and never what would only look exact', () => {
  const of = (kept: Parameters<typeof precisions>[1]) => precisions(1000, kept).map(({ precision, size }) => [precision, size]);
  expect(of('f32')).toEqual([
    [null, 1000],
    ['f16', 500],
    ['q8_0', 265.625],
  ]);
  expect(of('f16')).toEqual([
    [null, 1000],
    ['q8_0', 531.25],
  ]);
  expect(of('q8_0')).toEqual([[null, 1000]]);
  expect(of(null)).toEqual([[null, 1000]]);
});

it('a file is called as its model is; one of this site keeps its name', () => {
  const source = (from: ModelSource['from']) => ({ title: 'My net (2nd try)', file: 'resnet20.gguf', from }) as ModelSource;
  expect(savedName(source('/models/resnet20.gguf'), null)).toBe('resnet20.gguf');
  expect(savedName(source(new Blob()), null)).toBe('my-net-2nd-try.gguf');
  expect(
    savedName(
      source(async () => new Blob()),
      'f16',
    ),
  ).toBe('my-net-2nd-try.f16.gguf');
});
