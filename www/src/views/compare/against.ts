/** What is compared with what: reading and writing it, what stands in where nothing is said, and which block answers which. */
import type { BlockInfo } from '../../engine';

/** The second side differs from the first in one thing only: the model, or the picture. */
export type Against =
  | { kind: 'model'; id: string }
  | { kind: 'sample'; id: string }
  /** A picture of the visitor's own, which no address can hold. */
  | { kind: 'own' };

export function formatAgainst(against: Against): string {
  return against.kind === 'own' ? 'own' : `${against.kind}:${against.id}`;
}

export function parseAgainst(text: string | null): Against | null {
  if (text === 'own') return { kind: 'own' };
  const [, kind, id] = /^(model|sample):(.+)$/.exec(text ?? '') ?? [];
  return id ? { kind: kind as 'model' | 'sample', id } : null;
}

/** What there is to choose from. */
export interface Stock {
  models: { id: string; title: string }[];
  samples: { id: string; title: string }[];
}

/** The first side. */
export interface Side {
  model: string;
  /** Null: a picture of the visitor's own. */
  sample: string | null;
}

/** What is compared: what the address asks for where that exists and differs from the first side, else what teaches most. */
export function chosenAgainst(asked: string | null, side: Side, { models, samples }: Stock): Against | null {
  const against = parseAgainst(asked);
  if (against?.kind === 'own') return against;
  if (against?.kind === 'model' && against.id !== side.model && models.some(({ id }) => id === against.id)) return against;
  if (against?.kind === 'sample' && against.id !== side.sample && samples.some(({ id }) => id === against.id)) return against;
  const twin = models.find(({ id }) => id === twinOf(side.model));
  if (twin) return { kind: 'model', id: twin.id };
  const sample = samples.find(({ id }) => id !== side.sample);
  return sample ? { kind: 'sample', id: sample.id } : null;
}

/** The same network without its identity branches, or with them. */
function twinOf(id: string): string {
  return id.startsWith('plain') ? id.replace('plain', 'resnet') : id.replace('resnet', 'plain');
}

type Placed = Pick<BlockInfo, 'name' | 'stage'>;

/**
 * The block that stands where `index` stands: of the same name if both networks have the same blocks, else at the same depth of
 * the same stage, first with first and last with last.
 */
export function counterpart(index: number, from: Placed[], to: Placed[]): number {
  const block = from[index];
  if (!block || to.length === 0) return -1;
  if (from.length === to.length && from.every(({ name }, i) => name === to[i]!.name)) return index;
  const stages = (blocks: Placed[]) => [...new Set(blocks.map(({ stage }) => stage))];
  if (stages(from).join() !== stages(to).join()) return along(index, from.length, to.length);
  const start = from.findIndex(({ stage }) => stage === block.stage);
  const other = to.findIndex(({ stage }) => stage === block.stage);
  const count = (blocks: Placed[]) => blocks.filter(({ stage }) => stage === block.stage).length;
  return other + along(index - start, count(from), count(to));
}

function along(index: number, from: number, to: number): number {
  return from < 2 ? 0 : Math.round((index / (from - 1)) * (to - 1));
}

/** Where a block lies between the stem (0) and the classifier (1). */
export function relativeDepth(index: number, blocks: number): number {
  return (index + 0.5) / blocks;
}

/** The block at a relative depth. */
export function blockAt(depth: number, blocks: number): number {
  return Math.max(0, Math.min(blocks - 1, Math.floor(depth * blocks)));
}
