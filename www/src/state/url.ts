import type { Crop, Lesion, Wish } from '../engine/types';

/** How the open block's channels are ordered: by rms of F(x), by |F(x)| / |x|, as they lie, or by what they add to the top class. */
export const SORTS = ['energy', 'change', 'index', 'class'] as const;
export type Sort = (typeof SORTS)[number];
export const SCALES = ['shared', 'own'] as const;

/** What is shown, as the page's address says it. */
export interface Place {
  /** Null: the explorer, which is where the page opens. */
  view: string | null;
  model: string;
  /** Null: a picture of the visitor's own, which no address can hold. */
  sample: string | null;
  /** The open block's name, e.g. layer2.0; null: one is chosen. */
  block: string | null;
  lesion: Lesion;
  /** Null: torchvision's centre crop. */
  crop: Crop | null;
  /** The channel looked at; null: the first of the order. */
  channel: number | null;
  sort: Sort;
  /** One scale for all channels of the open block, or each channel its own. */
  scale: (typeof SCALES)[number];
  /** Whether F's inner steps are unfolded. */
  steps: boolean;
  /** A colour map other than the usual one. */
  colours: string | null;
  /** The class whose evidence lies over the photo. */
  cam: number | null;
  /** What the shown net is compared with: `model:plain56` or `sample:coffee`. */
  against: string | null;
}

export const NOWHERE: Place = {
  view: null,
  model: '',
  sample: null,
  block: null,
  lesion: {},
  crop: null,
  channel: null,
  sort: 'energy',
  scale: 'shared',
  steps: false,
  colours: null,
  cam: null,
  against: null,
};

/** How one part of a place is written, and read from what anyone may have typed; null where it says nothing. */
interface Codec<T> {
  write(value: T): string | null;
  read(text: string): T | null;
}

const text: Codec<string | null> = { write: (value) => value, read: (value) => value };
const oneOf = <T extends string>(values: readonly T[]): Codec<T> => ({
  write: (value) => (value === values[0] ? null : value),
  read: (value) => values.find((known) => known === value) ?? null,
});
const index: Codec<number | null> = {
  write: (value) => value?.toString() ?? null,
  read: (value) => (/^\d{1,6}$/.test(value) ? Number(value) : null),
};
const flag: Codec<boolean> = { write: (value) => (value ? '1' : null), read: (value) => (value === '1' ? true : null) };

const crop: Codec<Crop | null> = {
  write: (value) => value && [value.left, value.top, value.side].map((number) => Math.round(10 * number) / 10).join('_'),
  read(value) {
    const numbers = value.split('_').map(Number);
    const [left, top, side] = numbers as [number, number, number];
    return numbers.length === 3 && numbers.every((number) => Number.isFinite(number) && number >= 0) && side > 0 ? { left, top, side } : null;
  },
};

export const MOST_SCALE = 2;

/** `layer3.2_1_0~layer4.0_0.5_1`: block, scale of the identity branch, scale of the residual branch. */
const lesion: Codec<Lesion> = {
  write(value) {
    const parts = Object.entries(value).map(([block, { identity, residual }]) => `${block}_${identity}_${residual}`);
    return parts.length ? parts.join('~') : null;
  },
  read(value) {
    const found: Lesion = {};
    for (const part of value.split('~')) {
      const [block, identity, residual] = part.split('_');
      const scales = { identity: scaleOf(identity), residual: scaleOf(residual) };
      if (block && scales.identity !== null && scales.residual !== null && (scales.identity !== 1 || scales.residual !== 1)) {
        found[block] = scales as { identity: number; residual: number };
      }
    }
    return Object.keys(found).length ? found : null;
  },
};

function scaleOf(value: string | undefined): number | null {
  const number = value ? Number(value) : NaN;
  return number >= 0 && number <= MOST_SCALE ? number : null;
}

const CODECS: { [K in keyof Place]: Codec<Place[K]> } = {
  view: text,
  model: { write: (value) => value || null, read: (value) => value },
  sample: text,
  block: text,
  lesion,
  crop,
  channel: index,
  sort: oneOf(SORTS),
  scale: oneOf(SCALES),
  steps: flag,
  colours: text,
  cam: index,
  against: text,
};
const KEYS = Object.keys(CODECS) as (keyof Place)[];

export function readPlace(search: string): Place {
  const query = new URLSearchParams(search);
  const place: Place = { ...NOWHERE };
  const read = <K extends keyof Place>(key: K) => {
    const value = query.get(key);
    const found = value ? CODECS[key].read(value) : null;
    if (found !== null) place[key] = found;
  };
  KEYS.forEach(read);
  return place;
}

/** The query for a place. Parameters that are not ours (`flavour`, `threads`) stay. */
export function writePlace(place: Place, search: string): string {
  const query = new URLSearchParams(search);
  const write = <K extends keyof Place>(key: K) => {
    const value = CODECS[key].write(place[key]);
    if (value) query.set(key, value);
    else query.delete(key);
  };
  KEYS.forEach(write);
  return `?${query}`;
}

/** Which engine the address asks for. */
export function readWish(search: string): Wish {
  const query = new URLSearchParams(search);
  const threads = Number(query.get('threads'));
  return { flavour: query.get('flavour'), threads: Number.isInteger(threads) && threads > 0 ? Math.min(threads, 64) : null };
}
