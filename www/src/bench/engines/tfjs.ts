import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type * as Backend from '@tensorflow/tfjs-backend-wasm';
import type { Layer } from '../types';
import type { Library } from './engine';

/**
 * The backend as it is published for script tags, a file that no bundler has touched: its threads are started from its own
 * functions' source text, which does not survive a minifier. It finds the core, and puts itself, in a global `tf`.
 */
async function loadBackend(tf: object): Promise<typeof Backend> {
  const { default: url } = await import('@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js?url');
  const scope = globalThis as unknown as { tf: { wasm: typeof Backend } };
  scope.tf = { ...tf } as typeof scope.tf;
  await import(/* @vite-ignore */ new URL(url, import.meta.url).href);
  return scope.tf.wasm;
}

/** It has no number where it took the build without threads. */
function runningThreads(backend: typeof Backend): number {
  try {
    return backend.getThreadsCount();
  } catch {
    return 1;
  }
}

export async function start(threads: number): Promise<Library> {
  const [tf, { default: plain }, { default: simd }, { default: threaded }] = await Promise.all([
    import('@tensorflow/tfjs-core'),
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url'),
  ]);
  const backend = await loadBackend(tf);
  const absolute = (url: string) => new URL(url, import.meta.url).href;
  backend.setWasmPaths({
    'tfjs-backend-wasm.wasm': absolute(plain),
    'tfjs-backend-wasm-simd.wasm': absolute(simd),
    'tfjs-backend-wasm-threaded-simd.wasm': absolute(threaded),
  });
  if (threads > 1) backend.setThreadsCount(threads);
  else tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  await tf.ready();

  return {
    version: backend.version_wasm,
    threads: runningThreads(backend),
    load: async ({ description, tensors, side, hwc }) => {
      // tfjs wants convolutions as height, width, inputs, outputs.
      const held = new Map<string, { filter: Tensor4D; bias: ReturnType<typeof tf.tensor1d> }>();
      const hold = ({ name, inputs, outputs, kernel }: Layer) => {
        const filter = tf.tidy(() => {
          const oihw = tf.tensor4d(tensors.get(`${name}.weight`)!, [outputs, inputs, kernel, kernel]);
          return tf.transpose(oihw, [2, 3, 1, 0]);
        });
        held.set(name, { filter, bias: tf.tensor1d(tensors.get(`${name}.bias`)!) });
      };
      const { stem, blocks, classes, features } = description;
      hold(stem);
      for (const { residual, projection } of blocks) [...residual, ...(projection ? [projection] : [])].forEach(hold);
      const classifier = tf.tidy(() => tf.transpose(tf.tensor2d(tensors.get('fc.weight')!, [classes, features])));
      const bias = tf.tensor1d(tensors.get('fc.bias')!);

      const conv = (x: Tensor4D, { name, kernel, stride }: Layer, activation: 'relu' | 'linear'): Tensor4D =>
        tf.fused.conv2d({ x, ...held.get(name)!, strides: stride, pad: kernel >> 1, activation });
      const forward = (image: Tensor4D): Tensor2D => {
        let x = tf.maxPool(conv(image, stem, 'relu'), 3, 2, 1);
        for (const { residual, projection } of blocks) {
          const identity = projection ? conv(x, projection, 'linear') : x;
          const last = residual.length - 1;
          const f = residual.reduce((y, layer, i) => conv(y, layer, i < last ? 'relu' : 'linear'), x);
          x = tf.relu(tf.add(f, identity));
        }
        return tf.fused.matMul({ a: tf.mean<Tensor2D>(x, [1, 2]), b: classifier, bias }) as Tensor2D;
      };
      return { run: () => tf.tidy(() => forward(tf.tensor4d(hwc, [1, side, side, 3])).dataSync() as Float32Array) };
    },
  };
}
