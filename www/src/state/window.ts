/** What `window.skipscope` is: types alone, which the browser tests use too. */
import type { BlockDetail, BlockStatistics, ClassMap, Crop, Lesion, Maps, ModelInfo, Prediction, Shape } from '../engine/types'; // alone: the tests know nothing of workers

export interface ClassifyOptions {
  topK?: number;
  /** Also the mean over channels of every branch. */
  maps?: boolean;
  /** Name of a block that comes along with all its channels. */
  block?: string;
  /** Blocks whose branches are cut or scaled, by name. */
  lesion?: Lesion;
  crop?: Crop;
}

export interface ClassifiedBlock extends BlockStatistics {
  name: string;
  shape: Shape;
  maps?: Maps;
  detail?: BlockDetail;
}

export interface Classified {
  model: string;
  top: Prediction[];
  probabilities: Float32Array;
  milliseconds: number;
  /** Evidence for the top classes over the last block's places. */
  cams: ClassMap[];
  blocks: ClassifiedBlock[];
}

export interface SkipScope {
  readonly ready: Promise<void>;
  readonly flavour: string;
  readonly threads: number;
  readonly models: string[];
  readonly model: ModelInfo | null;
  /** Loads another model, in the page too. */
  use(model: string): Promise<ModelInfo>;
  classify(blob: Blob, options?: ClassifyOptions): Promise<Classified>;
  /** Bytes of the engine's WebAssembly memory. */
  memory(): Promise<number>;
}

declare global {
  interface Window {
    skipscope?: SkipScope;
  }
}
