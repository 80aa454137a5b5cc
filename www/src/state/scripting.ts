/** `window.skipscope`: the engine for the console, for scripts and for tests. Appears once engine and model are ready. */
import type { ModelInfo } from '../engine';
import type { App } from './app.svelte';
import type { Side } from './side.svelte';
import { known } from '../render/lesion';
import type { Classified, ClassifyOptions } from './window';

async function use(app: App, id: string): Promise<ModelInfo> {
  if (!app.entry(id)) throw new Error(`There is no model “${id}”.`);
  await app.selectModel(id);
  await app.side.settled(); // it may have been on its way already
  const { model, problems } = app.side;
  if (model?.id !== id) throw new Error((problems.model ?? problems.engine)?.message ?? `Loading “${id}” was cancelled.`);
  return model;
}

async function classify(side: Side, blob: Blob, options: ClassifyOptions = {}): Promise<Classified> {
  await side.settled();
  const { net } = side;
  if (!net) throw new Error('No model is loaded yet.');
  const name = blob instanceof File ? blob.name : 'picture';
  const { topK = 5, maps = false, block = null, crop = null } = options;
  const lesion = known(options.lesion ?? {}, net.info.blocks);
  const result = await net.classify({ id: 0, name, blob }, { crop, topK, keep: block, lesion });
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

export function exposeScripting(app: App): void {
  const { side } = app;
  window.skipscope = {
    ready: Promise.resolve(),
    get flavour() {
      return side.host.info?.flavour ?? '';
    },
    get threads() {
      return side.host.info?.threads ?? 0;
    },
    get models() {
      return app.models.map(({ id }) => id);
    },
    get model() {
      return side.model;
    },
    use: (id) => use(app, id),
    classify: (blob, options) => classify(side, blob, options),
    memory: async () => (await side.host.get()).memory(),
  };
}
