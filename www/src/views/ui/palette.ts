/** The colour maps of what a view stands in: the page, or an element in somebody else's. */
import { createContext } from 'svelte';
import type { Palette } from '../../render/colormap';

export const [getPalette, setPalette] = createContext<() => Palette>();
