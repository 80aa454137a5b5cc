/**
 * Where the page is, as its address says it. Nobody knows all of it: each view registers the parameters that it owns when it
 * first asks for them, and what nobody has registered stays in the address as it is.
 */
import type { Address } from './address';
import type { Parameter } from './codecs';

export type Parameters<V> = { [K in keyof V]: Parameter<V[K]> };

/** Some parameters, and the values that they are to have. */
export interface Move {
  parameters: Parameters<Record<string, unknown>>;
  values: Record<string, unknown>;
}

export function to<V extends object>(parameters: Parameters<V>, values: Partial<V>): Move {
  return { parameters, values };
}

type Values = Record<string, unknown>;

export class Places {
  readonly #owned = new Map<Move['parameters'], Values>();
  readonly #address: Address;
  readonly #refused: { name: string; said: string }[] = [];
  /** The visitor is about to change the place. */
  onmove: () => void = () => {};

  constructor(address: Address) {
    this.#address = address;
  }

  /** The values of these parameters. They follow the address; `go` and `set` change them. */
  use<V extends object>(parameters: Parameters<V>): Readonly<V> {
    const key = parameters as unknown as Move['parameters'];
    const there = this.#owned.get(key);
    if (there) return there as V;
    for (const name of Object.keys(key)) {
      const taken = [...this.#owned.keys()].some((other) => name in other);
      if (taken) throw new Error(`The parameter “${name}” has an owner already.`);
    }
    const values = $state<Values>(this.#read(key));
    this.#owned.set(key, values);
    return values as V;
  }

  /** Whether the address says anything besides these parameters. */
  says(besides: string[]): boolean {
    return [...new URLSearchParams(this.#address.search).keys()].some((name) => !besides.includes(name));
  }

  /** Another place: back leads to the one before. */
  go(...moves: Move[]): void {
    this.onmove();
    this.#apply(moves);
    this.#address.write('push', this.query());
  }

  /** The same place, adjusted. */
  set(...moves: Move[]): void {
    this.onmove();
    this.#apply(moves);
    this.#address.write('replace', this.query());
  }

  /** What the address said could not be had: this stands for it. Nothing that is a part of it changes. */
  amend<V extends object>(parameters: Parameters<V>, values: Partial<V>): void {
    Object.assign(this.use(parameters), values);
    this.#address.write('replace', this.query());
  }

  /** The address of the place that these moves would lead to. */
  query(...moves: Move[]): string {
    for (const { parameters } of moves) this.use(parameters);
    const query = new URLSearchParams(this.#address.search);
    const changed = changes(moves);
    for (const [parameters, values] of this.#owned) {
      for (const [name, parameter] of Object.entries(parameters)) {
        const written = parameter.write(changed(name, parameter) ? valueIn(moves, name, parameter) : values[name]);
        if (written) query.set(name, written);
        else query.delete(name);
      }
    }
    return `?${query}`.replaceAll('%2C', ',');
  }

  /** What the address says, or will. */
  get search(): string {
    return this.#address.search;
  }

  /** What the address said and nobody could read, since this was asked last: from the next change on it says so no more. */
  refused(): { name: string; said: string }[] {
    return this.#refused.splice(0);
  }

  /** The same place, said as it is. */
  correct(...moves: Move[]): void {
    this.#apply(moves);
    this.#address.write('replace', this.query());
  }

  /** The address has changed by itself. What was about to be written is of another place. */
  follow(): void {
    this.#address.forget();
    this.#refused.length = 0;
    for (const [parameters, values] of this.#owned) Object.assign(values, this.#read(parameters));
  }

  #read(parameters: Move['parameters']): Values {
    const query = new URLSearchParams(this.#address.search);
    const read = ([name, parameter]: [string, Parameter<unknown>]) => {
      const said = query.get(name);
      const found = said ? parameter.read(said) : null;
      if (said && found === null) this.#refused.push({ name, said });
      return [name, found ?? parameter.usual];
    };
    return Object.fromEntries(Object.entries(parameters).map(read));
  }

  #apply(moves: Move[]): void {
    for (const { parameters } of moves) this.use(parameters);
    const changed = changes(moves);
    for (const [parameters, values] of this.#owned) {
      for (const [name, parameter] of Object.entries(parameters)) {
        if (changed(name, parameter)) values[name] = valueIn(moves, name, parameter);
      }
    }
  }
}

/** Whether a parameter gets another value: it is named, or what it is a part of is. */
function changes(moves: Move[]): (name: string, parameter: Parameter<unknown>) => boolean {
  const named = new Set(moves.flatMap(({ values }) => Object.keys(values)));
  return (name, { of = [] }) => named.has(name) || of.some((whole) => named.has(whole));
}

function valueIn(moves: Move[], name: string, { usual }: Parameter<unknown>): unknown {
  const move = moves.findLast(({ values }) => name in values);
  return move ? move.values[name] : usual;
}
