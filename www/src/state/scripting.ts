/** `window.skipscope`: the engine for the console, for scripts and for tests. Appears once engine and model are ready. */
import type { BlockDetail, BlockStatistics, ClassMap, Crop, Lesion, Maps, ModelInfo, Prediction, Shape } from '../engine/types';
import { app } from './app.svelte';
import { known } from './lesion';

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

async function use(id: string): Promise<ModelInfo> {
  if (!app.entry(id)) throw new Error(`There is no model “${id}”.`);
  await app.selectModel(id);
  if (app.model?.id !== id) throw new Error(app.problems.model?.message ?? `Loading “${id}” was cancelled.`);
  return app.model;
}

async function classify(blob: Blob, options: ClassifyOptions = {}): Promise<Classified> {
  await app.settled();
  const name = blob instanceof File ? blob.name : 'picture';
  const { topK = 5, maps = false, block = null, crop = null } = options;
  const lesion = known(options.lesion ?? {}, app.model?.blocks ?? []);
  const result = await app.client.classify({ picture: { id: 0, name, blob }, crop, topK, block, lesion });
  return {
    model: result.model.id,
    top: result.top,
    probabilities: result.probabilities,
    milliseconds: result.milliseconds,
    cams: result.cams,
    blocks: result.model.blocks.map((info, index) => ({
      name: info.name,
      shape: info.output,
      ...result.statistics[index]!,
      ...(maps && { maps: result.means[index]! }),
      ...(result.detail?.block === index && { detail: result.detail }),
    })),
  };
}

export function exposeScripting(): void {
  window.skipscope = {
    ready: Promise.resolve(),
    get flavour() {
      return app.engine?.flavour ?? '';
    },
    get threads() {
      return app.engine?.threads ?? 0;
    },
    get models() {
      return app.models.map(({ id }) => id);
    },
    get model() {
      return app.model;
    },
    use,
    classify,
    memory: () => app.client.memory(),
  };
}
