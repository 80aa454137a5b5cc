/** Where one can go. */
import type { Component } from 'svelte';
import { ONE_FILE } from '../site';
import Explore from './explore/Explore.svelte';
import type { ViewId } from './place';

export interface View {
  /** Null: where the page opens. */
  id: ViewId | null;
  title: string;
  /** What of the title a phone has room for. */
  short?: string;
  /** What is skipped to. */
  content: string;
  /** Whether a picture may be dropped there. */
  pictures: boolean;
  /** The others come when they are opened. */
  component: Component | null;
  load?: () => Promise<{ default: Component }>;
}

/** Fetched once, whatever becomes of it: of a second try browsers answer from memory, and Vite takes its style sheet for loaded. */
function once(load: () => Promise<{ default: Component }>): View['load'] {
  let loaded: ReturnType<typeof load> | undefined;
  return () => (loaded ??= load());
}

export const EXPLORE: View = { id: null, title: 'Explore', content: 'the blocks', pictures: true, component: Explore };

const BENCHMARK: View = {
  id: 'benchmark',
  title: 'Benchmark',
  content: 'the benchmark',
  pictures: false,
  component: null,
  load: once(() => import('./benchmark/Benchmark.svelte')),
};

export const VIEWS: View[] = [
  EXPLORE,
  { id: 'why', title: 'Why residual', short: 'Why', content: 'the exhibits', pictures: false, component: null, load: once(() => import('./why/Why.svelte')) },
  { id: 'learn', title: 'Learn', content: 'the lessons', pictures: false, component: null, load: once(() => import('./learn/Learn.svelte')) },
  { id: 'compare', title: 'Compare', content: 'the blocks', pictures: true, component: null, load: once(() => import('./compare/Compare.svelte')) },
  ...(ONE_FILE ? [] : [BENCHMARK]),
];
