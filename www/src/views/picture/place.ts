/** What of the picture's view its address says. */
import { index } from '../../state/codecs';
import type { Parameters } from '../../state/places.svelte';

export interface PicturePlace {
  /** The class whose evidence lies over the photo. */
  cam: number | null;
}

export const PICTURE: Parameters<PicturePlace> = { cam: { ...index, of: ['sample'] } };
