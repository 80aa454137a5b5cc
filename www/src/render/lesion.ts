/** What a lesion is made of. */
import type { BlockInfo, Lesion, Scales } from '../engine';

/** A branch can be made stronger, up to this. */
export const MOST_SCALE = 2;

export const INTACT: Scales = { identity: 1, residual: 1 };

export function intactScales({ identity, residual }: Scales): boolean {
  return identity === 1 && residual === 1;
}

export function scalesOf(lesion: Lesion, block: string): Scales {
  return lesion[block] ?? INTACT;
}

/** The part of a lesion that these blocks can have: only residual networks have an identity branch to cut. */
export function known(lesion: Lesion, blocks: BlockInfo[]): Lesion {
  const found: Lesion = {};
  for (const { name, shortcut } of blocks) {
    const scales = lesion[name];
    if (!scales) continue;
    const possible = shortcut === 'none' ? { ...scales, identity: 1 } : { ...scales };
    if (!intactScales(possible)) found[name] = possible;
  }
  return found;
}

export type Cuttable = 'identity' | 'residual';

/** Cuts a branch; makes it intact where it is cut. A scaled one is cut: what the tool does has to be seen. */
export function toggled(scales: Scales, branch: Cuttable): Scales {
  return { ...scales, [branch]: scales[branch] === 0 ? 1 : 0 };
}

/** `F(x) cut, x × 0.5`; empty where nothing is changed. */
export function describe({ identity, residual }: Scales): string {
  const of = (name: string, scale: number) => (scale === 1 ? [] : [scale === 0 ? `${name} cut` : `${name} × ${scale}`]);
  return [...of('x', identity), ...of('F(x)', residual)].join(', ');
}
