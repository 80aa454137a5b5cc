/** What a visitor chose stays chosen, as far as the browser remembers. */

export class Choice {
  readonly #key: string;

  constructor(name: string) {
    this.#key = `skipscope-${name}`;
  }

  /** Null: none was made, or the browser keeps nothing. */
  get value(): string | null {
    try {
      return localStorage.getItem(this.#key);
    } catch {
      return null;
    }
  }

  set value(chosen: string | null) {
    try {
      if (chosen === null) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, chosen);
    } catch {
      // It holds for this visit.
    }
  }
}
