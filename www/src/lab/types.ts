/** What the lab takes and tells. */
export type { BlockSignal, Evaluation, GradientFlow, LayerNorm, Operated, Progress, Sample, Surgery, Wiring } from './pkg/simd128/lab';

import type { Evaluation, LayerNorm, Paths as Split, Progress, Sample, Settings as Asked } from './pkg/simd128/lab';

/** Whole: the lab itself fills in what is left out. */
export type Settings = Required<Asked>;

/** Some steps of a net that learns, and how it does after them where that was asked for. */
export interface Stretch {
  progress: Progress[];
  /** Of every convolution in the last step. */
  norms: LayerNorm[];
  looked: { evaluation: Evaluation; samples: Sample[] } | null;
}

/** A gradient split by path length, and what the model calls its class. */
export type Paths = Split & { label: string };

/** A net as a model file, and what the registry would say of the file. */
export interface ModelFile {
  bytes: Uint8Array<ArrayBuffer>;
  sha256: string;
}

/** A net that the lab trained with these settings, whatever its wiring, with batch norm as it was learnt: a model file folds that away. */
export interface Numbers {
  numbers: Float32Array<ArrayBuffer>;
  settings: Settings;
}

/** What nets are tried on: squares of pictures, or what nets of these settings were tested on (all of it, or the first so many). */
export type Tried = { squares: ImageData[] } | { settings: Settings; count?: number };

/** A net that is experimented on. */
export interface Subject {
  blocks: number;
  /** Blocks that can be deleted: all but those with which a stage begins. */
  deletable: number;
  /** Pairs of blocks that can be swapped. */
  swappable: number;
  /** How many it is tried on. */
  pictures: number;
}
