/** Every net that there is, wherever its file lies: of this site, trained in the page, the visitor's own. */
import type { ModelEntry, ModelSource } from '../engine';
import { fileForWorkers } from '../site';
import type { Library } from './library.svelte';

/** Nets that were trained in the page are kept in memory: the last ones. */
const MOST_MADE = 8;
export const MODELS = 'models/';

export class Nets {
  all = $state.raw<ModelEntry[]>([]);
  /** Of the registry; and what no server has, by id. */
  #served = $state.raw<ModelEntry[]>([]);
  readonly #made = new Map<string, { entry: ModelEntry; file: Blob }>();
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
    library.onchange = () => this.#gather();
  }

  /** What the registry lists. */
  offer(served: ModelEntry[]): void {
    this.#served = served;
    this.#gather();
  }

  entry(id: string): ModelEntry | undefined {
    return this.all.find((net) => net.id === id);
  }

  /** The first that this site has. */
  get first(): string {
    return this.#served[0]!.id;
  }

  /** One of this site, and where its file is. */
  served(id: string): (ModelEntry & { from: string | Blob }) | undefined {
    const entry = this.#served.find((net) => net.id === id);
    return entry && { ...entry, from: fileForWorkers(MODELS + entry.file) };
  }

  /** One and where its file is, or what brings it. */
  source(id: string): ModelSource | undefined {
    const made = this.#made.get(id);
    return made ? { ...made.entry, from: made.file } : (this.served(id) ?? this.#library.source(id));
  }

  /** In the menu's groups. */
  get groups(): { title: string; models: ModelEntry[] }[] {
    const own = new Set(this.#library.models.map(({ id }) => id));
    const of = (title: string, belongs: (id: string) => boolean) => ({ title, models: this.all.filter(({ id }) => belongs(id)) });
    const groups = [
      of('Built in', (id) => !own.has(id) && !this.#made.has(id)),
      of('Trained here', (id) => this.#made.has(id)),
      of('Yours', (id) => own.has(id)),
    ];
    return groups.filter(({ models }) => models.length > 0);
  }

  /** Takes in one that was trained in this page, for as long as the page is open; of too many an early one goes, but not `open`. */
  adopt(entry: ModelEntry, file: Blob, open: string): void {
    this.#made.set(entry.id, { entry, file });
    const spare = [...this.#made.keys()].find((id) => id !== open);
    if (this.#made.size > MOST_MADE && spare !== undefined) this.#made.delete(spare);
    this.#gather();
  }

  #gather(): void {
    this.all = [...this.#served, ...[...this.#made.values()].map(({ entry }) => entry), ...this.#library.models];
  }
}
