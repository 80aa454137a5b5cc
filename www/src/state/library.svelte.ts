/** Models of the visitor's own: opened from files or downloaded, kept in this browser as far as it keeps anything. */
import { EngineError, isKind, messageOf, type ModelSource } from '../engine';
import { ModelStore, type ModelRecord, type Room } from '../models';
import { Reader } from '../foreign';
import { Asking } from './asking.svelte';
import type { Host } from './host.svelte';
import { readModel, sorted, type Given } from './opening';

export class Library {
  /** The last one first. */
  models = $state.raw<ModelRecord[]>([]);
  /** Why those that last only as long as the page do, by id. */
  unkept = $state.raw<Record<string, string>>({});
  room = $state.raw<Room | null>(null);
  /** Whether the browser has promised not to let go of them; null: it does not say. */
  safe = $state<boolean | null>(null);
  /** The file that is being read. */
  reading = $state<string | null>(null);
  /** What became of files that could not be opened. */
  problem = $state<string | null>(null);
  /** That one could not be kept. */
  note = $state<string | null>(null);
  /** The panel is open. */
  shown = $state(false);
  onchange: () => void = () => {};

  /** What is asked of whoever opens a file. */
  readonly asking = new Asking();
  /** How much of the file has been read: 0 to 1. */
  read = $state(0);
  readonly #store: ModelStore;
  readonly #reader: Reader;
  #giveUp = new AbortController();
  #keeping: Promise<unknown> = Promise.resolve();
  readonly #files = new Map<string, Blob>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(store = new ModelStore(), reader = new Reader()) {
    this.#store = store;
    this.#reader = reader;
  }

  /** The page works without what is kept. */
  async start(): Promise<void> {
    this.models = await this.#store.list().catch(() => []);
  }

  /** Another tab may have kept or deleted some. `open`: the one that is looked at stays for as long as it is. */
  async refresh(open: string): Promise<void> {
    const kept = await this.#store.list().catch(() => null);
    if (!kept) return;
    const gone = this.models.filter(({ id }) => id === open && !(id in this.unkept) && !this.#files.has(id) && !kept.some((model) => model.id === id));
    for (const { id } of gone) this.#unkept(id, 'It was deleted in another tab.');
    const here = this.models.filter(({ id }) => id in this.unkept || this.#files.has(id));
    const ids = (models: ModelRecord[]) => models.map(({ id }) => id).join();
    if (ids([...here, ...kept]) !== ids(this.models)) this.#set([...here, ...kept]);
  }

  source(id: string): ModelSource | undefined {
    const record = this.models.find((model) => model.id === id);
    return record && { ...record, from: () => this.#file(record) };
  }

  /** Reads model files one after the other; those that could be opened are kept. The problem says what became of the others. */
  async open(files: readonly File[], host: Host, given: Given | null): Promise<ModelRecord[]> {
    const mine = this.#last.then(async () => {
      this.problem = null;
      const opened: ModelRecord[] = [];
      const refused: string[] = [];
      const { models, others } = sorted(files);
      if (!models.length && others.length) refused.push(`“${others[0]!.name}” is no model that this page reads.`);
      this.#giveUp = new AbortController();
      const { signal } = this.#giveUp;
      for (const model of models) {
        const { name } = model[0];
        [this.reading, this.read] = [name, 0];
        try {
          const means = { engine: await host.get(), reader: this.#reader, asking: this.asking, signal, onProgress: (done: number) => void (this.read = done) };
          const made = await readModel(model, given?.answers ?? null, means);
          if (!made) continue;
          const come = { date: new Date().toISOString(), origin: given?.origin ?? `opened from ${name}`, ...(given && { hub: given.hub }) };
          opened.push(this.keep({ ...made.entry, ...come }, made.blob));
        } catch (error) {
          if (!isKind(error, 'cancelled')) refused.push(messageOf(error));
        }
      }
      this.#reader.end(); // its memory is as large as a layer, and the next file may never come
      this.reading = null;
      this.problem = refused.length ? refused.join(' ') : null;
      return opened;
    });
    this.#last = mine;
    return mine;
  }

  /** Gives up the file that is being read. */
  cancel(): void {
    this.#giveUp.abort();
    this.asking.question?.answer(null);
  }

  /** Names of classes in a file of text. */
  labelsIn(text: string): Promise<string[]> {
    return this.#reader.labelsIn(text);
  }

  /** It is a model as any other from here on; whether this browser keeps it shows when it has. */
  keep(record: ModelRecord, file: Blob): ModelRecord {
    this.#files.set(record.id, file);
    this.#set([record, ...this.models]);
    const kept = this.#store
      .put(record, file)
      .then(
        () => this.#files.delete(record.id), // from here on the store brings it
        (error: unknown) => {
          this.#unkept(record.id, messageOf(error));
          this.note = `${messageOf(error)} It stays for as long as this page is open.`;
        },
      )
      .then(() => this.measure());
    this.#keeping = Promise.all([this.#keeping, kept]);
    return record;
  }

  /** When all that was opened is kept, or known not to be. */
  async settled(): Promise<void> {
    await this.#keeping;
  }

  async delete(id: string): Promise<void> {
    try {
      await this.#store.delete(id);
    } catch (error) {
      this.problem = `It could not be deleted: ${messageOf(error)}`;
      return;
    }
    this.#files.delete(id);
    this.#set(this.models.filter((model) => model.id !== id));
    void this.measure();
  }

  /** How much room there is. */
  async measure(): Promise<void> {
    [this.room, this.safe] = await Promise.all([this.#store.room(), this.#store.persisted()]);
  }

  /** Asks the browser never to let go of them by itself. */
  async secure(): Promise<void> {
    this.safe = await this.#store.persist();
  }

  async #file({ id, title }: ModelRecord): Promise<Blob> {
    const file = this.#files.get(id) ?? (await this.#store.get(id).catch(() => null));
    if (!file) throw new EngineError('not-found', `${title} is no longer kept in this browser: it was deleted in another tab, or the browser needed the room.`);
    return file;
  }

  #unkept(id: string, why: string): void {
    this.unkept = { ...this.unkept, [id]: why };
  }

  #set(models: ModelRecord[]): void {
    this.models = models;
    this.onchange();
  }
}
