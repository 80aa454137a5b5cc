/** The address bar and the history: the one place that writes to them. */

/** A slider changes the place at every step, and browsers refuse to be told so often: this long lies between two changes. */
const REST_MS = 100;
/**
 * Safari throws at the 101st change within 30 s, whoever makes it. After the first 60 there is a longer rest, so that a slider
 * dragged for ever comes to 90, and some are left for links that are followed.
 */
const SPAN_MS = 30_000;
const FREE = 60;
const LONG_REST_MS = 1000;

interface Entry {
  query: string;
  /** What the history keeps of the place besides its address. */
  state: unknown;
}

export class Address {
  /** What the history's entries keep besides: asked for whenever one is written. */
  keep: () => unknown = () => null;
  /** Not written yet. */
  #due: Entry | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the address was changed, within the last 30 s. */
  #times: number[] = [];

  /** What the address says, or will when it has rested. */
  get search(): string {
    return this.#due?.query ?? location.search;
  }

  /** A new entry of the history at once; a change of the present one at once or after a rest. */
  write(how: 'push' | 'replace', query: string): void {
    const entry = { query, state: this.keep() };
    if (how === 'push') {
      this.flush(); // the entry that is left behind is as it was last
      this.#tell('push', entry);
      return;
    }
    this.#due = entry;
    const rest = this.#rest();
    if (rest <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), rest);
  }

  /** Writes what is due. */
  flush(): void {
    const due = this.#due;
    this.forget();
    if (due) this.#tell('replace', due);
  }

  /** Drops what is due. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = null;
  }

  #rest(): number {
    const now = performance.now();
    this.#times = this.#times.filter((time) => time > now - SPAN_MS);
    const last = this.#times.at(-1) ?? -Infinity;
    return last + (this.#times.length < FREE ? REST_MS : LONG_REST_MS) - now;
  }

  #tell(how: 'push' | 'replace', entry: Entry): void {
    this.#times.push(performance.now());
    const url = entry.query + location.hash;
    try {
      if (how === 'push') history.pushState(entry.state, '', url);
      else history.replaceState(entry.state, '', url);
    } catch {
      // The browser has had enough for now: the page goes on without, and the address catches up.
      this.#due = entry;
      this.#timer = setTimeout(() => this.flush(), LONG_REST_MS);
    }
  }
}
