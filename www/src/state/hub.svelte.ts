/** Models that can be downloaded from a hub, and the downloads under way. Nothing is asked of the hub before `fetch`. */
import { isKind, messageOf } from '../engine';
import { answersOf, discard, download, hostOf, pending, readHub, type Hub, type HubModel } from '../models';
import { siteFile } from '../site';
import type { App } from './app.svelte';

export interface Download {
  model: HubModel;
  received: number;
  total: number;
  /** `here`: all of it, and not opened. */
  stage: 'stopped' | 'coming' | 'busy' | 'cut' | 'checking' | 'opening' | 'here';
  /** Until it goes on by itself; 0: it does not wait. */
  seconds: number;
  /** What stopped it. */
  problem: string | null;
}

export class HubShelf {
  hub = $state.raw<Hub | null>(null);
  problem = $state<string | null>(null);
  /** By the model's id. */
  downloads = $state.raw<Record<string, Download>>({});
  /** The model that came last, for whoever cannot see it. */
  arrived = $state<string | null>(null);
  /** Those that the visitor has agreed to in this visit, until they are here or let go of. */
  readonly #agreed = new Set<string>();
  readonly #ends = new Map<string, AbortController>();
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** What there is, by this site's own list, and what is here of earlier downloads. */
  async look(): Promise<void> {
    this.problem = null;
    try {
      this.hub ??= await readHub(siteFile('models/hub.json'));
      const begun = await pending().catch(() => new Map<string, number>());
      for (const model of this.hub.models) {
        const received = begun.get(model.id);
        if (received && !this.downloads[model.id]) this.#tell(model, { received, total: Math.max(received, model.bytes) });
      }
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  /** Whether the visitor is still to be asked. */
  asks({ id }: HubModel): boolean {
    return !this.#agreed.has(id);
  }

  /** The one that is coming, if any is. */
  get underWay(): Download | null {
    return Object.values(this.downloads).find(({ stage }) => stage !== 'stopped' && stage !== 'here') ?? null;
  }

  /** Downloads it, or what is missing of it, and opens it. The visitor has agreed. */
  async fetch(model: HubModel): Promise<void> {
    const { hub } = this;
    if (!hub || this.#ends.has(model.id)) return;
    this.#agreed.add(model.id);
    const ends = new AbortController();
    this.#ends.set(model.id, ends);
    this.#tell(model, { stage: 'coming', problem: null });
    try {
      const file = await download(hub, model, {
        signal: ends.signal,
        onProgress: (received, total) => this.#tell(model, { stage: 'coming', received, total, seconds: 0 }),
        onWait: (wait) => this.#tell(model, wait ? { stage: wait.why, seconds: wait.seconds } : { stage: 'coming', seconds: 0 }),
        onCheck: () => this.#tell(model, { stage: 'checking' }),
      });
      await this.#open(hub, model, file);
    } catch (error) {
      const begun = await pending().catch(() => null);
      const problem = isKind(error, 'cancelled') ? null : messageOf(error);
      this.#tell(model, { stage: 'stopped', seconds: 0, problem, received: begun?.get(model.id) ?? 0 });
    } finally {
      this.#ends.delete(model.id); // in one task with 'stopped': whoever reads it may go on at once
    }
    this.#tidy(model);
  }

  cancel({ id }: HubModel): void {
    this.#ends.get(id)?.abort();
  }

  /** Lets go of what came. */
  async discard(model: HubModel): Promise<void> {
    await discard(model.id).catch(() => {}); // it is asked for again, or swept with the site's data
    this.#drop(model);
  }

  async #open(hub: Hub, model: HubModel, file: Blob): Promise<void> {
    this.#tell(model, { stage: 'opening', received: file.size, total: file.size });
    const { library, side, upgrade } = this.#app;
    const given = { answers: answersOf(model), origin: `downloaded from ${hostOf(hub)}`, hub: model.id };
    const named = new File([file], `${model.id}${model.file.slice(model.file.lastIndexOf('.'))}`);
    const [opened] = await library.open([named], side.host, given);
    if (!opened) {
      this.#tell(model, { stage: 'here', problem: library.problem });
      library.problem = null; // it stands where the download does
      return;
    }
    await this.discard(model);
    this.arrived = opened.title;
    if (!library.shown) upgrade.offered = opened.id; // whoever is at work elsewhere is asked
  }

  /** Nothing came, and there is nothing to say. */
  #tidy(model: HubModel): void {
    const there = this.downloads[model.id];
    if (there?.stage === 'stopped' && there.received === 0 && !there.problem) this.#drop(model);
  }

  #drop({ id }: HubModel): void {
    this.#agreed.delete(id);
    const { [id]: _, ...others } = this.downloads;
    this.downloads = others;
  }

  #tell(model: HubModel, change: Partial<Download>): void {
    const before = this.downloads[model.id] ?? { model, received: 0, total: model.bytes, stage: 'stopped', seconds: 0, problem: null };
    this.downloads = { ...this.downloads, [model.id]: { ...before, ...change } };
  }
}
