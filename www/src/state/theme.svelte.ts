/** Follows the system's light or dark. */
import { DARK, LIGHT, type Palette } from '../render/colormap';

const query = window.matchMedia('(prefers-color-scheme: dark)');
let dark = $state(query.matches);
query.addEventListener('change', () => (dark = query.matches));

export const theme = {
  get palette(): Palette {
    return dark ? DARK : LIGHT;
  },
};
