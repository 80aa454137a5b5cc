/** Models of the visitor's own: opened from files or downloaded, kept in this browser as far as it keeps anything. */
import { EngineError, fetchFile, isKind, messageOf, type ModelSource } from '../engine';
import { ModelStore, type ModelRecord, type Room } from '../models';
import { Reader, type Precision } from '../foreign';
import { Asking } from './asking.svelte';
import type { Host } from './host.svelte';
import { readModel, retold, sorted, type Given } from './opening';

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

  /** One of its own for what is saved: a model may be read meanwhile. */
  readonly #saver: () => Reader;

  constructor(store = new ModelStore(), reader = new Reader(), saver = () => new Reader()) {
    this.#store = store;
    this.#reader = reader;
    this.#saver = saver;
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
    const all = [...here, ...kept.filter(({ id }) => !here.some((own) => own.id === id))];
    const known = (models: ModelRecord[]) => models.map(({ id, version = 0 }) => `${id} ${version}`).join();
    if (known(all) !== known(this.models)) this.#set(all);
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

  /**
   * Asks anew what was answered when a model came, and keeps its file under the new answers. False where it stays as it is: the visitor
   * thought better of it, or the problem says why.
   */
  async change(id: string): Promise<boolean> {
    const mine = this.#last.then(async () => {
      await this.settled(); // what came last may still be on its way into the store
      const before = this.models.find((model) => model.id === id);
      if (!before) return false;
      this.problem = null;
      this.#giveUp = new AbortController();
      const { signal } = this.#giveUp;
      [this.reading, this.read] = [before.title, 0];
      try {
        const made = await retold(before, await this.#file(before), { reader: this.#reader, asking: this.asking, signal });
        if (!made) return false;
        if (this.#files.has(id))
          this.#files.set(id, made.blob); // it lasts as long as the page, as it did
        else await this.#store.put(made.record, made.blob);
        this.#set(this.models.map((model) => (model.id === id ? made.record : model)));
        void this.measure();
        return true;
      } catch (error) {
        if (!isKind(error, 'cancelled')) this.problem = `${messageOf(error)} It is as it was.`;
        return false;
      } finally {
        this.#reader.end();
        this.reading = null;
      }
    });
    this.#last = mine;
    return mine;
  }

  /** Its model file, as it is kept or with the weights stored otherwise. */
  async file(source: ModelSource, precision: Precision | null): Promise<Blob> {
    const { from } = source;
    const file = typeof from === 'string' ? await fetchFile(source, from) : from instanceof Blob ? from : await from();
    if (!precision) return file;
    const reader = this.#saver();
    try {
      return await reader.write([file], null, precision);
    } finally {
      reader.end();
    }
  }

  /** How the weights of its file are stored. */
  async precision({ from }: ModelSource): Promise<Precision | null> {
    if (typeof from === 'string') return null; // of this site: it is handed on as it is
    const reader = this.#saver();
    try {
      return (await reader.lookInto([from instanceof Blob ? from : await from()])).stated?.precision ?? null;
    } finally {
      reader.end();
    }
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

  async #file({ id, title, version }: ModelRecord): Promise<Blob> {
    const file = this.#files.get(id) ?? (await this.#store.get(id, version).catch(() => null));
    if (!file) {
      const why = 'it was changed or deleted in another tab, or the browser needed the room';
      throw new EngineError('not-found', `${title} is no longer kept in this browser: ${why}.`);
    }
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
