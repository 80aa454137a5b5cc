/** What the second side is to show, given the first; and how the two change places. */
import { app } from '../../state/app.svelte';
import { known } from '../../state/lesion';
import { other, type Wanted } from '../../state/other.svelte';
import { fetchSample, ownPicture } from '../../state/pictures';
import type { Picture } from '../../engine/types';
import { chosenAgainst, counterpart, formatAgainst, type Against } from './against';

/** The first side's model: the wanted one, or the one that is shown instead of it. */
function firstModel(): string {
  return app.problems.model && app.model ? app.model.id : app.place.model;
}

export function currentAgainst(): Against | null {
  return chosenAgainst(app.place.against, { model: firstModel(), sample: app.place.sample }, app);
}

function pictureOf(against: Against): (() => Promise<Picture>) | null {
  const id = against.kind === 'model' ? app.place.sample : against.kind === 'sample' ? against.id : null;
  const sample = app.samples.find((one) => one.id === id);
  if (sample) return () => fetchSample(sample);
  const own = against.kind === 'own' ? other.own : ownPicture(app.result?.picture.id ?? 0);
  return own ? () => Promise.resolve(own) : null;
}

/** Null: nothing yet. All that it depends on is read at once, so that whoever derives it hears of every change. */
export function wantedOf(against: Against | null): Wanted | null {
  const { model, open } = app;
  if (!against || !model) return null;
  // Two pictures in one model: its file is fetched once, and then comes from the cache.
  if (against.kind !== 'model' && model.id !== firstModel()) return null;
  const entry = app.entry(against.kind === 'model' ? against.id : model.id);
  const picture = pictureOf(against);
  if (!entry || !picture) return null;
  const { crop, lesion } = app.place;
  const index = model.blocks.findIndex(({ name }) => name === open);
  return {
    entry,
    picture,
    crop: against.kind === 'model' && crop ? { ...crop } : null,
    lesion: against.kind === 'model' ? {} : known(lesion, model.blocks),
    block: (blocks) => blocks[counterpart(index, model.blocks, blocks)]?.name ?? null,
  };
}

export async function swap(against: Against): Promise<void> {
  const { model, sample } = app.place;
  const mine = ownPicture(app.result?.picture.id ?? 0) ?? null;
  if (against.kind === 'model') {
    const detail = other.result?.model.id === against.id ? other.result.detail : null;
    await app.visit({ model: against.id, block: detail ? other.result!.model.blocks[detail.block]!.name : null, against: `model:${model}` });
    return;
  }
  const back = formatAgainst(sample ? { kind: 'sample', id: sample } : { kind: 'own' });
  if (against.kind === 'sample') {
    if (!sample) other.own = mine;
    await app.visit({ sample: against.id, crop: null, cam: null, against: back });
  } else if (other.own) {
    const theirs = other.own;
    if (!sample) other.own = mine;
    app.adjust({ against: back });
    await app.usePicture(theirs.blob as Blob, theirs.name);
  }
}
