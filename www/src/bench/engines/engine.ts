/** What every engine is to the benchmark. */
import type { Description, Tensors } from '../types';

/** A network and an image, in the layouts that libraries want. */
export interface Setup {
  network: string;
  side: number;
  description: Description;
  tensors: Tensors;
  chw: Float32Array;
  hwc: Float32Array;
}

/** A library, started: fetched, compiled, its threads running. */
export interface Library {
  version: string;
  /** Those that really run, whatever was asked for. */
  threads: number;
  /** Builds the network. The tensors stay the caller's. */
  load(setup: Setup): Promise<Loaded>;
  /** Its WebAssembly memory, where it says. */
  bytes?(): number;
}

export interface Loaded {
  /** One inference from an image in JavaScript's memory to logits there. */
  run(): Float32Array | Promise<Float32Array>;
}
