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

/** What a block's branches are multiplied with before the sum: 1 and 1 where it is intact, 0 where a branch is cut. */
export interface Scales {
  identity: number;
  residual: number;
}

/** A map of channels, channel by channel, each row-major: CHW. */
export interface Tensor {
  channels: number;
  height: number;
  width: number;
  data: Float32Array;
}

/** One of F's convolutions but the last, which is F(x) itself: conv1 in a basic block, conv1 and conv2 in a bottleneck. */
export interface Step {
  /** torchvision's, within the block: conv1. */
  name: string;
  kernel: number;
  stride: number;
  /** Before the ReLU that follows it. */
  tensor: Tensor;
}

/** A square of the upright picture that the network sees, in pixels of the picture. */
export interface Crop {
  left: number;
  top: number;
  side: number;
}

export interface WasmTrace {
  /** The first block that ran: those before it are as in the run that was remembered. */
  readonly from: number;
  readonly top: Prediction[];
  /** By class. */
  readonly probabilities: Float32Array;
  /** Of the blocks from `from` on, as are the milliseconds. */
  readonly statistics: BlockStatistics[];
  readonly milliseconds: Float64Array;
  /** `block` counts from the network's first block. */
  mean_map(block: number, branch: Branch): Float32Array | undefined;
  /** Of the kept block, HWC -> CHW. */
  tensor(branch: 'identity' | 'residual' | 'output'): Tensor | undefined;
  readonly steps: Step[];
  free(): void;
}

export interface WasmNetwork {
  readonly card: ModelCard;
  readonly blocks: BlockInfo[];
  readonly parameters: number;
  readonly macs: number;
  /** Takes a picture in: what runs next runs on it. Without a crop, torchvision's: short side resized, centre cut. */
  look(image: ImageData, crop?: Crop): void;
  /** The picture as the network sees it. */
  readonly input: ImageData;
  /** The square of the picture that `look` took. */
  readonly crop: Crop;
  /** `scales`: identity and residual of every block, or nothing for the intact net. `remember`: later lesions resume from this run. */
  trace(scales: Float32Array | undefined, topK: number, keep: number | undefined, remember: boolean): WasmTrace;
  /** Probabilities by class, nothing recorded. */
  probabilities(scales: Float32Array): Float32Array;
  /** Class activation map of the last run: what each place of the last block's output adds to the class's logit, bias left out. */
  cam(classIndex: number): Tensor;
  /** The classifier's weights of one class, one per channel of the last stage. */
  class_weights(classIndex: number): Float32Array;
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

export interface Picture {
  id: number;
  name: string;
  /** A file, or a frame of the camera: whoever runs it gives the frame away. */
  blob: Blob | ImageBitmap;
}

/** Blocks that are not intact, by name. */
export type Lesion = Record<string, Scales>;

export interface RunRequest {
  picture: Picture;
  /** Null: torchvision's preprocessing. */
  crop: Crop | null;
  topK: number;
  /** Name of the block that comes along whole. */
  block: string | null;
  lesion: Lesion;
}

/** A block's branches with all their channels. The sum is `scales.identity * identity + scales.residual * residual`. */
export interface BlockDetail {
  block: number;
  scales: Scales;
  identity: Tensor | null;
  residual: Tensor;
  output: Tensor;
  steps: Step[];
  /** The classifier's weights of the top classes, where the block's channels are those it reads (the last stage). */
  classWeights: { index: number; weights: Float32Array }[] | null;
}

/** Where the evidence for one class lies, over the last block's places; its mean plus the bias is the logit (Zhou et al. 2016). */
export interface ClassMap {
  index: number;
  map: Tensor;
}

export interface RunResult {
  model: ModelInfo;
  picture: { id: number; name: string; width: number; height: number };
  crop: Crop;
  lesion: Lesion;
  /** The first block whose numbers differ from the intact run; 0 in an intact run. */
  from: number;
  top: Prediction[];
  /** By class. */
  probabilities: Float32Array;
  /** Of the top classes, in their order. */
  cams: ClassMap[];
  /** Of the whole run. */
  milliseconds: number;
  /** Of each block, without what recording it took. */
  blockMilliseconds: number[];
  statistics: BlockStatistics[];
  /** Mean over the channels, one entry per block. */
  means: Maps[];
  /** What the network saw: a square of `card.input_side`. */
  input: ImageData;
  detail: BlockDetail | null;
}

/** What cutting F(x) of one block does: the distance between the two distributions over classes, and the top class afterwards. */
export interface Damage {
  block: number;
  /** Half the sum of the differences in probability (total variation): 0 to 1. */
  distance: number;
  /** What is left of the intact net's top class. */
  probability: number;
  top: Prediction;
}
