/** How one parameter of a place is written, and read from what anyone may have typed. */

export interface Codec<T> {
  /** Null: it says nothing. */
  read(text: string): T | null;
  /** Null: it leaves no trace. */
  write(value: T): string | null;
}

export interface Parameter<T> extends Codec<T> {
  /** Where the address says nothing. */
  usual: T;
  /** What it is a part of: where one of these parameters is chosen anew, it is the usual one again. */
  of?: string[];
}

export const text: Parameter<string | null> = { usual: null, write: (value) => value, read: (value) => value };

/** The first of them is the usual one. */
export const oneOf = <T extends string>(values: readonly [T, ...T[]]): Parameter<T> => ({
  usual: values[0],
  write: (value) => (value === values[0] ? null : value),
  read: (value) => values.find((known) => known === value) ?? null,
});

export const index: Parameter<number | null> = {
  usual: null,
  write: (value) => value?.toString() ?? null,
  read: (value) => (/^\d{1,6}$/.test(value) ? Number(value) : null),
};

export const flag: Parameter<boolean> = { usual: false, write: (value) => (value ? '1' : null), read: (value) => (value === '1' ? true : null) };

/** A number from `low` to `high` in steps; what lies between two steps is the nearest. */
export const within = (usual: number, low: number, high: number, step = 1): Parameter<number> => ({
  usual,
  write: (value) => (value === usual ? null : String(value)),
  read(value) {
    const number = value.trim() ? Number(value) : NaN;
    return number >= low && number <= high ? low + step * Math.round((number - low) / step) : null;
  },
});

/** Several, with commas between; those that are not known are left out. Null: nothing was said of it. */
export const listOf = <T>(read: (text: string) => T | null): Parameter<T[] | null> => ({
  usual: null,
  write: (value) => (value?.length ? value.join(',') : null),
  read(value) {
    const known = value.split(',').flatMap((one) => read(one) ?? []);
    return known.length ? known : null;
  },
});
