/** Light or dark, the system's or the visitor's own choice, and the colour maps that the address names. */
import { MediaQuery } from 'svelte/reactivity';
import { paletteOf, type Palette } from '../render/colormap';
import { text } from './codecs';
import type { Parameters, Places } from './places.svelte';

export interface Colours {
  /** A colour map other than the usual one. */
  colours: string | null;
}

export const COLOURS: Parameters<Colours> = { colours: text };

/** In the order in which a switch goes through them. */
export const WISHES = ['auto', 'light', 'dark'] as const;
export type Wish = (typeof WISHES)[number];

export class Theme {
  readonly #system = new MediaQuery('(prefers-color-scheme: dark)');
  readonly #place: Readonly<Colours>;
  /** public/theme.js has read it, and shown what it says. */
  #wish = $state<Wish>((document.documentElement.dataset.themeWish as Wish | undefined) ?? 'auto');

  constructor(places: Places) {
    this.#place = places.use(COLOURS);
    $effect.root(() => {
      $effect(() => {
        document.documentElement.dataset.theme = this.dark ? 'dark' : 'light';
      });
    });
  }

  get wish(): Wish {
    return this.#wish;
  }

  set wish(wish: Wish) {
    this.#wish = wish;
    try {
      localStorage.setItem(document.documentElement.dataset.themeKey!, wish);
    } catch {
      // It holds for this visit.
    }
  }

  get colours(): string | null {
    return this.#place.colours;
  }

  get dark(): boolean {
    return this.#wish === 'auto' ? this.#system.current : this.#wish === 'dark';
  }

  get palette(): Palette {
    return paletteOf(this.colours, this.dark);
  }
}
