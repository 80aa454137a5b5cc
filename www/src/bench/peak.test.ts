import { expect, it } from 'vitest';
import { ASSEMBLED } from './peak';

it('the assembled modules are valid and compute what they say', async () => {
  for (const { name, lanes, bytes } of ASSEMBLED) {
    if (name.includes('relaxed') && !WebAssembly.validate(bytes)) continue; // Node 20 has no relaxed SIMD
    const { instance } = await WebAssembly.instantiate(bytes);
    const result = (instance.exports.run as (iterations: number, x: number) => number)(3, 0.5);
    // Three iterations, four steps each, from zero: s + 1/4 when fused, s / 2 + 1/2 where the sum itself is multiplied.
    const chain = name.includes('relaxed') ? 12 / 4 : 1 - 0.5 ** 12;
    expect(result, `${name}, ${lanes} lanes`).toBeCloseTo(12 * chain, 4);
  }
});
