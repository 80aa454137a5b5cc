/** What the second side is to show, given the first; and how the two change places. */
import type { Picture } from '../../engine';
import { known } from '../../render/lesion';
import { to } from '../../state/places.svelte';
import type { SkipScope } from '../../state/scope';
import { SHOWN } from '../../state/shown';
import type { Wanted } from '../../state/side.svelte';
import { BLOCK } from '../block/place';
import { chosenAgainst, counterpart, formatAgainst, type Against } from './against';
import { COMPARE } from './place';

/** The first side's model: the wanted one, or the one that is shown instead of it. */
function firstModel({ app, side }: SkipScope): string {
  return side.problems.model && side.model ? side.model.id : app.model;
}

export function currentAgainst(scope: SkipScope): Against | null {
  const { app, places, pictures } = scope;
  const { against } = places.use(COMPARE);
  return chosenAgainst(against, { model: firstModel(scope), sample: app.place.sample }, { models: app.models, samples: pictures.samples });
}

function firstPicture({ side, pictures }: SkipScope): Picture | null {
  return pictures.own(side.result?.picture.id ?? 0) ?? null;
}

function pictureOf(scope: SkipScope, against: Against): (() => Promise<Picture>) | null {
  const { app, pictures } = scope;
  const sample = pictures.sample(against.kind === 'model' ? app.place.sample : against.kind === 'sample' ? against.id : null);
  if (sample) return () => pictures.fetch(sample);
  const own = against.kind === 'own' ? pictures.other : firstPicture(scope);
  return own ? () => Promise.resolve(own) : null;
}

/** Null: nothing yet. All that it depends on is read at once, so that whoever derives it hears of every change. */
export function wantedOf(scope: SkipScope, against: Against | null): Wanted | null {
  const { app, side } = scope;
  const { model } = side;
  const { open } = app;
  if (!against || !model) return null;
  // Two pictures in one model: its file is fetched once, and then comes from the cache.
  if (against.kind !== 'model' && model.id !== firstModel(scope)) return null;
  const source = app.source(against.kind === 'model' ? against.id : model.id);
  const picture = pictureOf(scope, against);
  if (!source || !picture) return null;
  const { crop, lesion } = app.place;
  const index = model.blocks.findIndex(({ name }) => name === open);
  return {
    source,
    picture,
    crop: against.kind === 'model' && crop ? { ...crop } : null,
    lesion: against.kind === 'model' ? {} : known(lesion, model.blocks),
    block: (blocks) => blocks[counterpart(index, model.blocks, blocks)]?.name ?? null,
  };
}

export async function swap(scope: SkipScope, against: Against): Promise<void> {
  const { app, places, pictures, other } = scope;
  const { model, sample } = app.place;
  if (against.kind === 'model') {
    const detail = other.result?.model.id === against.id ? other.result.detail : null;
    const block = detail ? other.result!.model.blocks[detail.block]!.name : null;
    const { channel } = places.use(BLOCK); // it goes on being looked at
    await app.visit(to(SHOWN, { model: against.id, block }), to(BLOCK, { channel }), to(COMPARE, { against: `model:${model}` }));
    return;
  }
  const mine = firstPicture(scope);
  const back = formatAgainst(sample ? { kind: 'sample', id: sample } : { kind: 'own' });
  if (against.kind === 'sample') {
    if (!sample) pictures.other = mine;
    await app.visit(to(SHOWN, { sample: against.id }), to(COMPARE, { against: back }));
  } else if (pictures.other) {
    const theirs = pictures.other;
    if (!sample) pictures.other = mine;
    places.set(to(COMPARE, { against: back }));
    await app.usePicture(theirs.blob as Blob, theirs.name);
  }
}
