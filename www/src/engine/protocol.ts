/** What engine and worker say to each other. */
import type { BlockDetail, BlockStatistics, Crop, Lesion, ModelInfo, Prediction, RunResult } from './types';

/** What a helper needs to become a thread of the pool. */
export interface Join {
  flavour: string;
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
}

export interface Started {
  threads: number;
  /** What `threads - 1` helpers are to join before the pool is built; null where there is none. */
  join: Join | null;
}

export interface Loaded {
  net: number;
  info: ModelInfo;
}

/** A picture that was looked at: what it is called, and how large it is. */
export interface Pictured {
  id: number;
  name: string;
  width: number;
  height: number;
}

/** What a net sees of a picture. */
export interface Seen {
  picture: Pictured;
  /** The square that the network sees, in pixels of the upright picture. */
  crop: Crop;
  /** That square as the network sees it. */
  input: ImageData;
}

/** `look`: counts what a net was given to look at. */
export interface Looked extends Seen {
  look: number;
}

export interface RunOrder {
  lesion: Lesion;
  /** Index of the block that comes along whole; -1: none. */
  keep: number;
  topK: number;
  /** The intact run that the page has: of which look, and of which block it holds the details. */
  known: { look: number; detail: number | null } | null;
}

export interface TraceOrder {
  lesion: Lesion;
  /** Indices of the blocks that come along whole. */
  keep: number[];
  topK: number;
}

export interface Traced {
  picture: Pictured;
  crop: Crop;
  top: Prediction[];
  probabilities: Float32Array;
  /** Of all runs. */
  milliseconds: number;
  /** One a block. */
  statistics: BlockStatistics[];
  /** In the order they were asked for. */
  details: BlockDetail[];
}

/** Without what the page knows already. */
export type Bare = Omit<RunResult, 'model'>;

export interface Ran {
  look: number;
  /** Null: the page has it. */
  intact: Bare | null;
  /** Null: there is no lesion. */
  lesioned: Bare | null;
}
