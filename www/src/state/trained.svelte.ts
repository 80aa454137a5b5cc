/** The nets of the last race as they were when it last stood still: other exhibits try them out, and Explore opens them. */
import type { Settings } from '../lab';

export interface NetFiles {
  blob: Blob;
  sha256: string;
  checkpoint: Uint8Array<ArrayBuffer>;
}

export interface TrainedNet {
  /** How it is wired: residual. */
  name: string;
  /** In full, as a model is called. */
  title: string;
  settings: Settings;
  /** All that it has learnt. */
  numbers: Float32Array<ArrayBuffer>;
  classes: number;
  /** A model file with its hash, and a checkpoint as PyTorch loads it; or why there is neither. */
  file: NetFiles | { missing: string };
}

export class Trained {
  nets = $state.raw<TrainedNet[]>([]);
  /** How many were opened: each is a model of its own. */
  #opened = 0;

  /** An id that no model of this page has. */
  newId(): string {
    return `race-${++this.#opened}`;
  }
}
