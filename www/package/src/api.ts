/** What the package offers, in types. */
import type { BlockInfo, BlockStatistics, Crop, EngineInfo, ModelCard, Prediction } from '../../src/engine/types';

export { EngineError as SkipScopeError, type ErrorKind } from '../../src/engine/errors';
export type { BlockInfo, BlockStatistics, Crop, Fall, ModelCard, Prediction, Statistics } from '../../src/engine/types';
export type { EngineInfo };

/** The models inside the package. */
export type ShippedModel = 'resnet20';

/** The name of a model that is inside, the address of a model file, the file, or its bytes. */
export type Source = ShippedModel | (string & {}) | URL | Blob | ArrayBuffer | Uint8Array;

/** Pixels as any decoder gives them: red, green, blue and alpha, 8 bits each, row by row. */
export interface Pixels {
  data: Uint8ClampedArray | Uint8Array;
  width: number;
  height: number;
}

/**
 * A picture file (Blob, bytes, address), pixels (ImageData is of that kind), or in a browser an element or a bitmap. Node reads files of
 * JPEG, PNG, WebP, GIF and BMP; there a string that is no address is the path of a file.
 */
export type Picture = string | URL | Blob | ArrayBuffer | Uint8Array | Pixels | BrowserPicture;

/** A browser's class, where TypeScript knows the browser. */
type Of<Name extends string> = typeof globalThis extends Record<Name, { prototype: infer T }> ? T : never;

export type BrowserPicture =
  Of<'HTMLImageElement'> | Of<'HTMLCanvasElement'> | Of<'HTMLVideoElement'> | Of<'OffscreenCanvas'> | Of<'ImageBitmap'> | Of<'VideoFrame'>;

export interface LoadOptions {
  signal?: AbortSignal;
  /** Bytes of the model file. `total` is 0 where the server does not say. */
  onProgress?: (received: number, total: number) => void;
  /** `threads`, `threads-simd128`, `relaxed`, `simd128` or `scalar`; else the fastest that runs here. */
  flavour?: string;
  /** Busy at once, where the page is cross-origin isolated; else as many as the machine has, up to eight. */
  threads?: number;
  /** Where the package's files lie (`worker.js`, `relaxed.wasm`, `resnet20.gguf`, ...): their folder's address, or each file's. */
  assets?: string | URL | ((file: string) => string | URL);
}

/** By what a block's branches are multiplied before the sum; what is left out stays 1. 0 cuts. */
export type Lesion = Record<string, { identity?: number; residual?: number }>;

export interface RunOptions {
  lesion?: Lesion;
  /** A square, in pixels of the upright picture; else its centre, as torchvision cuts it. */
  crop?: Crop;
  /** How many classes are named: 5. */
  topK?: number;
  signal?: AbortSignal;
}

export interface TraceOptions extends RunOptions {
  /** Names of the blocks that come along whole, a run each; else all of them. */
  blocks?: readonly string[];
}

export interface Classified {
  /** The likeliest first. */
  top: Prediction[];
  /** By class. */
  probabilities: Float32Array;
  crop: Crop;
  /** Of the run, without decoding. */
  milliseconds: number;
}

/** Channels, height and width; the values channel by channel, each row by row. */
export interface Tensor {
  shape: [channels: number, height: number, width: number];
  data: Float32Array;
}

/** A block's branches: sum = scales.identity * identity + scales.residual * residual. A plain net has no identity. */
export interface TracedBlock extends Pick<BlockInfo, 'name' | 'stage' | 'kind' | 'shortcut' | 'relu'> {
  scales: { identity: number; residual: number };
  identity: Tensor | null;
  residual: Tensor;
  sum: Tensor;
  output: Tensor;
}

export interface Traced extends Classified {
  blocks: TracedBlock[];
  /** Of every block of the net, by name. */
  statistics: Record<string, BlockStatistics>;
}

/** A net under a lesion: what it is asked runs with that lesion. */
export interface Lesioned {
  readonly lesion: Lesion;
  classify(picture: Picture, options?: RunOptions): Promise<Classified>;
  trace(picture: Picture, options?: TraceOptions): Promise<Traced>;
}

export interface Net {
  /** What the model file says of itself. */
  readonly card: ModelCard;
  /** In the order they run. */
  readonly blocks: readonly BlockInfo[];
  readonly parameters: number;
  /** Multiply-accumulates of one picture. */
  readonly macs: number;
  /** Which binary runs, on how many threads, and what did not start. */
  readonly engine: EngineInfo;
  classify(picture: Picture, options?: RunOptions): Promise<Classified>;
  trace(picture: Picture, options?: TraceOptions): Promise<Traced>;
  /** The same net under a lesion. It holds nothing of its own, and the net stays intact: `net.lesion({ 'layer2.0': { residual: 0 } }).classify(picture)`. */
  lesion(lesion: Lesion): Lesioned;
  /** Gives the memory back; the last net that is disposed of takes the engine with it. What still runs rejects ('cancelled'). */
  dispose(): void;
}

export type Load = (source: Source, options?: LoadOptions) => Promise<Net>;
