/** Follows the system's light or dark, and the colour maps that the address names. */
import { paletteOf, type Palette } from '../render/colormap';
import { app } from './app.svelte';

const query = window.matchMedia('(prefers-color-scheme: dark)');
let dark = $state(query.matches);
query.addEventListener('change', () => (dark = query.matches));

export const theme = {
  get dark(): boolean {
    return dark;
  },
  get palette(): Palette {
    return paletteOf(app.place.colours, dark);
  },
};
