/**
 * How fast this machine multiplies and adds right now: twelve independent chains of multiply-adds in registers, no memory.
 * Assembled here, byte by byte, because the instructions and their order are the whole point.
 */
import * as Comlink from 'comlink';
import { relaxedSimd, simd } from 'wasm-feature-detect';
import type { PeakHelper } from './peak.worker';

const CHAINS = 12;
const UNROLL = 4;

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];

interface Instructions {
  name: string;
  lanes: number;
  type: number;
  /** One multiply-add into a chain's accumulator: local numbers to instructions that leave the new value on the stack. */
  madd: (sum: number, factor: number) => number[];
  splat: number[];
  first: number[];
}

const F32 = 0x7d;
const vector = { lanes: 4, type: 0x7b, splat: [0xfd, 0x13], first: [0xfd, 0x1f, 0] };
const scalar = { lanes: 1, type: F32, splat: [], first: [] };
// Where the two are apart the accumulator is multiplied: a product of constants would be taken out of the loop.
const apart = (multiply: number[], add: number[]) => (sum: number, factor: number) => [...get(sum), ...get(factor), ...multiply, ...get(factor), ...add];
const INSTRUCTIONS: Instructions[] = [
  {
    name: 'f32x4.relaxed_madd',
    ...vector,
    madd: (sum, factor) => [...get(factor), ...get(factor), ...get(sum), 0xfd, 0x85, 0x02],
  },
  { name: 'f32x4.mul, f32x4.add', ...vector, madd: apart([0xfd, 0xe6, 0x01], [0xfd, 0xe4, 0x01]) },
  { name: 'f32.mul, f32.add', ...scalar, madd: apart([0x94], [0x92]) },
];

/** A module that exports `run(iterations: i32, x: f32): f32`. */
export function assemble({ type, madd, splat, first }: Instructions): Uint8Array<ArrayBuffer> {
  const factor = 2; // locals: 0 iterations, 1 x, 2 the factor, then the accumulators
  const chains = Array.from({ length: CHAINS }, (_, i) => factor + 1 + i);
  const step = (sum: number) => [...madd(sum, factor), ...set(sum)];
  // prettier-ignore
  const body = [
    1,
    CHAINS + 1,
    type,
    ...get(1),
    ...splat,
    ...set(factor),
    0x03,
    0x40, // loop
    ...Array.from({ length: UNROLL }, () => chains.flatMap(step)).flat(),
    ...get(0),
    0x41,
    1,
    0x6b,
    0x22,
    0,
    0x0d,
    0, // br_if 0 (--iterations)
    0x0b,
    ...get(chains[0]!),
    ...first,
    ...chains.slice(1).flatMap((sum) => [...get(sum), ...first, 0x92]),
    0x0b,
  ];
  const section = (id: number, bytes: number[]) => [id, ...leb(bytes.length), ...bytes];
  // prettier-ignore
  return Uint8Array.from([
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, [1, 0x60, 2, 0x7f, F32, 1, F32]),
    ...section(3, [1, 0]),
    ...section(7, [1, 3, 0x72, 0x75, 0x6e, 0, 0]), // "run"
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}

export const ASSEMBLED = INSTRUCTIONS.map((instructions) => ({ ...instructions, bytes: assemble(instructions) }));

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)];
}

export interface Peak {
  instruction: string;
  /** GMAC/s over about that many milliseconds. */
  measure(milliseconds: number): number;
}

/** Fused where the browser has it, whatever the engines use: one yardstick for all of them. */
export async function startPeak(): Promise<Peak> {
  const chosen = ASSEMBLED[(await relaxedSimd()) ? 0 : (await simd()) ? 1 : 2]!;
  const { instance } = await WebAssembly.instantiate(chosen.bytes);
  const run = instance.exports.run as (iterations: number, x: number) => number;
  const iterations = 40_000; // about a third of a millisecond
  const macs = iterations * UNROLL * CHAINS * chosen.lanes;
  const measure = (milliseconds: number) => {
    const began = performance.now();
    let calls = 0;
    let now: number;
    do {
      run(iterations, 0.5);
      calls++;
      now = performance.now();
    } while (now - began < milliseconds);
    return (calls * macs) / (now - began) / 1e6;
  };
  // Until the browser has put the optimised code in place.
  measure(100);
  await new Promise((resolve) => setTimeout(resolve, 20));
  measure(100);
  return { instruction: chosen.name, measure };
}

/** As many threads at once as the engines get: their sum. It shows what disturbs the other cores, and what they share. */
export async function startPeaks(others: MessagePort[]): Promise<{ instruction: string; measure(milliseconds: number): Promise<number> }> {
  const own = await startPeak();
  const helpers = others.map((port) => Comlink.wrap<PeakHelper>(port));
  await Promise.all(helpers.map((helper) => helper.start()));
  return {
    instruction: own.instruction,
    async measure(milliseconds) {
      const others = helpers.map((helper) => helper.measure(milliseconds));
      const mine = own.measure(milliseconds);
      return (await Promise.all(others)).reduce((sum, other) => sum + other, mine);
    },
  };
}
