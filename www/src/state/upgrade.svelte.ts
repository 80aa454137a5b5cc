/**
 * The net of the first visit. A small one is there at once, and the one that impresses is loaded behind it and takes its place, as long
 * as the visitor has only looked on; whoever has begun to work is asked.
 */
import type { App } from './app.svelte';
import { Choice } from './choice';
import type { Side } from './side.svelte';

export const FIRST_MODEL = 'resnet20';
const GRAND_MODEL = 'resnet50';
/** Who has scrolled this far reads what a swap would move, in pixels. */
const LOOKS_ON = 80;

const choice = new Choice('model');

/** The Network Information API, where there is one. */
interface Connection {
  saveData?: boolean;
  effectiveType?: string;
}

/** Whether 27 MB that nobody asked for would be too much. */
export function isFrugal(connection: Connection | undefined): boolean {
  return connection?.saveData === true || /2g|3g/.test(connection?.effectiveType ?? '');
}

/** Which net a visit starts with, and which one follows it; `there`: the nets that there are. */
export function startWith(chosen: string | null, there: (id: string) => boolean, frugal: boolean): { first: string; next: string | null } {
  if (chosen !== null && chosen !== GRAND_MODEL && there(chosen)) return { first: chosen, next: null };
  return { first: FIRST_MODEL, next: there(GRAND_MODEL) && !frugal ? GRAND_MODEL : null };
}

export class Upgrade {
  /** A net that is ready and may be switched to. */
  offered = $state<string | null>(null);
  /** The net that has taken the first one's place. */
  taken = $state<string | null>(null);
  readonly #app: App;
  readonly #side: Side;

  constructor(app: App, side: Side) {
    this.#app = app;
    this.#side = side;
  }

  /** Which net it is where the address names none. */
  plan(): { first: string; next: string | null } {
    const { connection } = navigator as { connection?: Connection };
    return startWith(choice.value, (id) => this.#app.entry(id) !== undefined, isFrugal(connection));
  }

  /** Once the first net has answered. */
  async begin(next: string): Promise<void> {
    const source = this.#app.source(next);
    if (!source || this.#app.place.model) return;
    if (!(await this.#side.loadAhead(source))) return;
    if (this.#app.place.model || window.scrollY > LOOKS_ON) {
      this.offered = next;
      return;
    }
    await this.#app.become(next);
    this.taken = next;
  }

  /** The visitor names a net. */
  async choose(id: string): Promise<void> {
    choice.value = id;
    this.offered = null;
    await this.#app.selectModel(id);
    if (this.#side.ahead && this.#side.ahead.source.id !== id) this.#side.dropAhead();
  }

  /** What comes is not wanted, nor at the next visit. */
  decline(): void {
    choice.value = this.#app.model;
    this.offered = null;
    this.#side.dropAhead();
  }
}
