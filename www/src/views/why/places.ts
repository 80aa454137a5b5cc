/** What of each exhibit its address says. */
import type { Move } from '../../state/places.svelte';
import { BOTTLENECK } from './bottleneck/place';
import { DEGRADATION } from './degradation/place';
import { ENSEMBLES } from './ensembles/place';
import { FLOW } from './flow/place';
import { NETS } from './nets/place';
import { PATHS } from './paths/place';
import type { ExhibitId } from './place';
import { RACE } from './race/place';
import { RELU } from './relu/place';
import { SURFACE } from './surface/place';

export const EXHIBIT_PLACES: Record<ExhibitId, Move['parameters']> = {
  degradation: DEGRADATION,
  flow: FLOW,
  race: RACE,
  paths: PATHS,
  ensembles: ENSEMBLES,
  relu: RELU,
  bottleneck: BOTTLENECK,
  nets: NETS,
  surface: SURFACE,
};
