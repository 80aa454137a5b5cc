/** A worker of its own for the made-up weights, so that making them leaves no trace in the memory that is measured. */
import * as Comlink from 'comlink';
import { binaryOf, isThreaded, usable } from '../engine/flavour';
import { instantiate } from '../engine/instance';
import type { Setup } from './engines/engine';
import type { Tensors, WasmBenchModule } from './types';

async function make(network: string, side: number): Promise<Setup> {
  const flavour = (await usable()).find((name) => !isThreaded(name));
  if (!flavour) throw new Error('The engine was not built, or this browser runs none of its builds.');
  const { Synthetic } = (await instantiate(flavour, binaryOf(flavour))).module as unknown as WasmBenchModule;
  const synthetic = Synthetic.of(network);
  const chw = synthetic.image(side);
  const hwc = Float32Array.from(chw, (_, i) => chw[(i % 3) * side * side + Math.floor(i / 3)]!);
  const tensors: Tensors = synthetic.tensors();
  const made = { network, side, description: synthetic.describe(side), tensors, chw, hwc };
  return Comlink.transfer(
    made,
    [chw, hwc, ...tensors.values()].map(({ buffer }) => buffer as ArrayBuffer),
  );
}

const source = { make };
export type Source = typeof source;
Comlink.expose(source);
