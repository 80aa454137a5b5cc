/** What the open exhibit has measured, and under which settings. Exhibits tell; a lesson's answer is judged by it. */
import type { ExhibitMeasure } from '../lessons';
import { to, type Move, type Parameters } from './places.svelte';

export interface Told {
  /** The exhibit's place as it was when this was measured: what is shown may be older than what the controls say. */
  under: Move;
  numbers: Partial<Record<ExhibitMeasure, number>>;
}

export class Measures {
  told = $state.raw<Told | null>(null);

  /** As long as the exhibit is there. To be called while its component is made; `numbers` is null as long as there are none. */
  tell<V extends object>(parameters: Parameters<V>, measured: () => { under: Partial<V>; numbers: Told['numbers'] } | null): void {
    $effect(() => {
      const now = measured();
      const told = now && { under: to(parameters, now.under), numbers: now.numbers };
      this.told = told;
      return () => {
        if (this.told === told) this.told = null;
      };
    });
  }
}
