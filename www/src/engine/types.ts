/** What the page knows of the engine: what the wasm exports say of themselves (generated from Rust), and what is made of it here. */
import type { BlockInfo, BlockStatistics, Branch, Card, Crop, Prediction, Tensor } from './pkg/simd128/skipscope';

export type { BlockInfo, BlockStatistics, Branch, Crop, Prediction, Statistics, Tensor } from './pkg/simd128/skipscope';

export const BRANCHES = ['identity', 'residual', 'sum', 'output'] as const satisfies readonly Branch[];

/** What the model file says about itself. */
export type ModelCard = Card & { labels: string[] };

/** Channels, height, width. */
export type Shape = BlockInfo['output'];

/** What a block's branches are multiplied with before the sum: 1 and 1 where it is intact, 0 where a branch is cut. */
export interface Scales {
  identity: number;
  residual: number;
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

// ---- the page's side -------------------------------------------------------------------------------------------------

/** What the page's address asks for; null where it leaves the choice to detection. */
export interface Wish {
  flavour: string | null;
  threads: number | null;
}

export interface EngineInfo {
  flavour: string;
  threads: number;
  /** The better flavours that were tried before it and did not start, each try; empty: it is the first that was to run. */
  fell: Fall[];
}

export interface Fall {
  flavour: string;
  why: string;
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

/** All channels of a block's maps as colours: their leading principal components, on one basis for all four. No picture of an absent identity. */
export type BlockColours = Record<Exclude<Branch, 'identity'>, ImageData> & { identity: ImageData | null };

export interface Picture {
  id: number;
  name: string;
  /** A file, or a frame of the camera: whoever runs it gives the frame away. */
  blob: Blob | ImageBitmap;
}

/** Blocks that are not intact, by name. */
export type Lesion = Record<string, Scales>;

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
  /** All channels as colours, one entry per block. Colours mean the same in the intact run and under a lesion on the same picture. */
  colours: BlockColours[];
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
