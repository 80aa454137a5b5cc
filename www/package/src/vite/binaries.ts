/** Where the package's binaries are: each address is written out, since that is what bundlers look for. */
export const binaries: Readonly<Record<string, string>> = {
  threads: new URL('./threads.wasm', import.meta.url).href,
  'threads-simd128': new URL('./threads-simd128.wasm', import.meta.url).href,
  relaxed: new URL('./relaxed.wasm', import.meta.url).href,
  simd128: new URL('./simd128.wasm', import.meta.url).href,
  scalar: new URL('./scalar.wasm', import.meta.url).href,
};
