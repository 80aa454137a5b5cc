/** What the page knows of the engine. The first half mirrors the wasm exports (src/wasm.rs), the second is what crosses to the views. */

export const BRANCHES = ['identity', 'residual', 'sum', 'output'] as const;
export type Branch = (typeof BRANCHES)[number];

export interface ModelCard {
  id: string;
  title: string;
  architecture: string;
  dataset: string;
  licence: string;
  source: string;
  accuracy: string;
  note?: string;
  labels: string[];
  input_side: number;
}

export type Shape = [channels: number, height: number, width: number];

export interface BlockInfo {
  name: string;
  stage: number;
  kind: 'basic' | 'bottleneck';
  shortcut: 'identity' | 'projection' | 'option A' | 'none';
  input: Shape;
  output: Shape;
  parameters: number;
  macs: number;
}

export interface Statistics {
  mean: number;
  rms: number;
  min: number;
  max: number;
}

export interface BlockStatistics {
  identity: Statistics | null;
  residual: Statistics;
  sum: Statistics;
  output: Statistics;
  cosine: number | null;
  clipped: number;
}

export interface Prediction {
  index: number;
  label: string;
  probability: number;
}

export interface WasmTrace {
  readonly top: Prediction[];
  readonly statistics: BlockStatistics[];
  readonly input: ImageData;
  readonly channel_energy: Float32Array;
  mean_map(block: number, branch: Branch): Float32Array | undefined;
  map(branch: Branch, channel: number): Float32Array | undefined;
  free(): void;
}

export interface WasmNetwork {
  readonly card: ModelCard;
  readonly blocks: BlockInfo[];
  readonly parameters: number;
  readonly macs: number;
  trace(image: ImageData, topK: number, keep?: number): WasmTrace;
  free(): void;
}

/** Builds a network while its file arrives; errors of the file come at the end. */
export interface WasmLoader {
  push(bytes: Uint8Array): void;
  /** Uses the loader up. */
  finish(): WasmNetwork;
  free(): void;
}

export interface WasmModule {
  default(input?: unknown): Promise<unknown>;
  Loader: new () => WasmLoader;
  /** Only the threads flavour has it. */
  initThreadPool?(threads: number): Promise<unknown>;
}

// ---- the page's side -------------------------------------------------------------------------------------------------

/** What the page's address asks for; null where it leaves the choice to detection. */
export interface Wish {
  flavour: string | null;
  threads: number | null;
}

export interface EngineInfo {
  flavour: string;
  threads: number;
}

export interface ModelInfo {
  /** The registry's id, by which the page asked for the model. */
  id: string;
  card: ModelCard;
  blocks: BlockInfo[];
  parameters: number;
  macs: number;
}

/** One map per branch, row-major height * width. `identity` is null in a plain net: there is no such branch. */
export interface Maps {
  identity: Float32Array | null;
  residual: Float32Array;
  sum: Float32Array;
  output: Float32Array;
}

export interface Channel extends Maps {
  index: number;
  /** rms of F(x) over this channel's map. */
  energy: number;
}

export interface Picture {
  id: number;
  name: string;
  blob: Blob;
}

export interface RunRequest {
  picture: Picture;
  topK: number;
  /** Name of the block whose strongest channels come along. */
  block: string | null;
  /** How many channels of it. */
  channels: number;
}

export interface RunResult {
  model: ModelInfo;
  picture: { id: number; name: string; width: number; height: number };
  top: Prediction[];
  milliseconds: number;
  statistics: BlockStatistics[];
  /** Mean over the channels, one entry per block. */
  means: Maps[];
  /** What the network saw: a square of `card.input_side`. */
  input: ImageData;
  detail: { block: number; channels: Channel[] } | null;
}
