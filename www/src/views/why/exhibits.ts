/** What there is to see, in the order of the argument. */
import type { Component } from 'svelte';
import { built } from '../../lab';
import type { ExhibitId } from './place';

export interface ExhibitEntry {
  id: ExhibitId;
  title: string;
  /** The question that it answers. */
  asks: string;
  /** Whether it needs the lab. */
  lab?: true;
  load: () => Promise<{ default: Component }>;
}

const ALL: ExhibitEntry[] = [
  {
    id: 'degradation',
    title: 'Degradation',
    asks: 'Do more layers make a net better?',
    load: () => import('./degradation/Degradation.svelte'),
  },
  {
    id: 'flow',
    title: 'Gradient flow',
    asks: 'Do gradients vanish, and when?',
    lab: true,
    load: () => import('./flow/Flow.svelte'),
  },
  {
    id: 'race',
    title: 'Race',
    asks: 'Which learns faster?',
    lab: true,
    load: () => import('./race/Race.svelte'),
  },
  {
    id: 'paths',
    title: 'Paths',
    asks: 'Which ways does the gradient take?',
    lab: true,
    load: () => import('./paths/PathsExhibit.svelte'),
  },
  {
    id: 'ensembles',
    title: 'Ensembles',
    asks: 'What if a block is missing?',
    lab: true,
    load: () => import('./ensembles/Ensembles.svelte'),
  },
  {
    id: 'surface',
    title: 'Loss surface',
    asks: 'What lies around a trained net?',
    lab: true,
    load: () => import('./surface/Surface.svelte'),
  },
  {
    id: 'relu',
    title: 'ReLU',
    asks: 'What does it throw away?',
    load: () => import('./relu/Relu.svelte'),
  },
  {
    id: 'bottleneck',
    title: 'Bottlenecks',
    asks: 'What do 50 layers cost, and why so little?',
    load: () => import('./bottleneck/Bottleneck.svelte'),
  },
  {
    id: 'nets',
    title: 'Nets compared',
    asks: 'What does each design cost?',
    load: () => import('./nets/Compared.svelte'),
  },
];

/** Those that can be shown: a page may be built without the lab. */
export const EXHIBITS = ALL.filter(({ lab }) => !lab || built);
