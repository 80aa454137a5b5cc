/** The address bar and the history, as the store writes them. */
import { writePlace, type Place } from './url';

/** A slider changes the place at every step, and browsers refuse to be told so often: this long lies between two changes. */
const REST_MS = 100;

interface Entry {
  place: Place;
  /** The visitor's own picture, which no address can hold: the history's state does. */
  picture: number | null;
}

export class Address {
  #pending: ReturnType<typeof setTimeout> | undefined;
  #last = -Infinity;

  /** A new entry of the history, or a change of the present one: at once, or as it is after a rest. */
  write(how: 'push' | 'replace', entry: () => Entry): void {
    this.forget();
    const rest = how === 'push' ? 0 : this.#last + REST_MS - performance.now();
    const now = () => {
      this.#last = performance.now();
      writeNow(how, entry());
    };
    if (rest > 0) this.#pending = setTimeout(now, rest);
    else now();
  }

  /** Drops a change that is not written yet. */
  forget(): void {
    clearTimeout(this.#pending);
  }
}

function writeNow(how: 'push' | 'replace', { place, picture }: Entry): void {
  const url = writePlace(place, location.search) + location.hash;
  if (how === 'push') history.pushState({ picture }, '', url);
  else history.replaceState({ picture }, '', url);
}
