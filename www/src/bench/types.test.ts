import { expect, test } from 'vitest';
import { enginesWith } from './types';

test('candle is offered where it was built', () => {
  expect(enginesWith('0.11.1')).toEqual(['skipscope', 'onnxruntime-web', 'tfjs-wasm', 'candle']);
  expect(enginesWith(null)).toEqual(['skipscope', 'onnxruntime-web', 'tfjs-wasm']);
});
