import { toOnnx } from '../onnx';
import type { Library } from './engine';

export async function start(threads: number): Promise<Library> {
  const [ort, { default: wasm }, { default: mjs }] = await Promise.all([
    import('onnxruntime-web/wasm'),
    import('onnxruntime-web/ort-wasm-simd-threaded.wasm?url'),
    import('onnxruntime-web/ort-wasm-simd-threaded.mjs?url'),
  ]);
  const absolute = (url: string) => new URL(url, import.meta.url).href;
  ort.env.wasm.wasmPaths = { wasm: absolute(wasm), mjs: absolute(mjs) };
  ort.env.wasm.numThreads = threads;
  return {
    version: ort.env.versions.web ?? ort.env.versions.common,
    get threads() {
      return ort.env.wasm.numThreads ?? 1; // once a session was made: it takes back what it cannot have
    },
    load: async ({ description, tensors, side, chw }) => {
      const session = await ort.InferenceSession.create(toOnnx(description, tensors, side), {
        executionProviders: ['wasm'],
        graphOptimizationLevel: 'all',
      });
      const image = new ort.Tensor('float32', chw, [1, 3, side, side]);
      return { run: async () => (await session.run({ image })).logits!.data as Float32Array };
    },
  };
}
