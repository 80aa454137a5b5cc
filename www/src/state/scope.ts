/** All that the page knows, made once where it starts. Components take it from Svelte's context: none imports an instance. */
import { createContext } from 'svelte';
import { Address } from './address';
import { App } from './app.svelte';
import { Benchmark } from './bench.svelte';
import { Camera } from './camera.svelte';
import { Files } from './files.svelte';
import { Host } from './host.svelte';
import { HubShelf } from './hub.svelte';
import { Measures } from './measures.svelte';
import { Pictures } from './pictures.svelte';
import { Places } from './places.svelte';
import { Side } from './side.svelte';
import { Sweep } from './sweep.svelte';
import { Theme } from './theme.svelte';
import { Trained } from './trained.svelte';
import { Updates } from './updates.svelte';

export interface SkipScope {
  app: App;
  /** What the page shows. */
  side: Side;
  /** What it is compared with: an engine of its own, for as long as the comparison is looked at. */
  other: Side;
  places: Places;
  pictures: Pictures;
  camera: Camera;
  files: Files;
  /** Models that can be downloaded. */
  hub: HubShelf;
  sweep: Sweep;
  benchmark: Benchmark;
  measures: Measures;
  theme: Theme;
  trained: Trained;
  updates: Updates;
}

export function createSkipScope(): SkipScope {
  const address = new Address();
  const places = new Places(address);
  const pictures = new Pictures();
  const side = new Side(new Host());
  const app = new App(side, places, pictures, address);
  return {
    app,
    side,
    other: new Side(new Host()),
    places,
    pictures,
    camera: new Camera(app, side),
    files: new Files(app),
    hub: new HubShelf(app),
    sweep: new Sweep(side),
    benchmark: new Benchmark(places),
    measures: new Measures(),
    theme: new Theme(places),
    trained: new Trained(),
    updates: new Updates(),
  };
}

export const [getSkipScope, setSkipScope] = createContext<SkipScope>();
