/** `window.skipscope`: the engine for the console, for scripts and for tests. Appears once engine and model are ready. */
import type { ModelInfo } from '../engine/types';
import { app } from './app.svelte';
import { known } from './lesion';
import type { Classified, ClassifyOptions } from './window';

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
