/** What the map says of a block. */
import type { BlockInfo, BlockStatistics, Scales } from '../../engine/types';
import { plain, signed } from '../../render/numbers';
import { shareOf } from '../../render/map-layout';
import { describe } from '../../state/lesion';
import { SHORTCUT_NAME } from '../block/words';

export interface Fact {
  name: string;
  value: string;
}

export function factsOf({ identity, residual, cosine }: BlockStatistics): Fact[] {
  const strength = { name: 'rms F', value: plain(residual.rms) };
  if (!identity) return [strength];
  const share = shareOf(residual.rms, identity.rms);
  return [
    { name: 'rms x', value: plain(identity.rms) },
    strength,
    { name: '|F| / |x|', value: Number.isFinite(share) ? plain(share) : '–' },
    { name: 'cos(x, F)', value: cosine === null || !Number.isFinite(cosine) ? '–' : signed(cosine, 2) },
  ];
}

/** A station as a screen reader says it. */
export function stationLabel(info: BlockInfo, statistics: BlockStatistics, scales: Scales): string {
  const facts = factsOf(statistics).map(({ name, value }) => `${name} ${value}`);
  return [info.name, info.kind, SHORTCUT_NAME[info.shortcut], ...facts, describe(scales)].filter(Boolean).join(', ');
}
