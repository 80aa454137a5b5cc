/** What a guide is made of: text, code that the tests run, and measurements drawn as bars. */

export interface Bar {
  name: string;
  value: number;
  /** How it is read: “30.3 ms”. */
  text: string;
  /** One of ours, which stands out. */
  own?: boolean;
}

export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'code'; code: string; language: string }
  | { kind: 'list'; items: string[] }
  | { kind: 'bars'; title: string; bars: Bar[] };

export interface Guide {
  id: string;
  title: string;
  /** What it answers, in a sentence. */
  asks: string;
  parts: { title: string; pieces: Piece[] }[];
}

export const text = (words: string): Piece => ({ kind: 'text', text: words });
export const list = (...items: string[]): Piece => ({ kind: 'list', items });
/** A file that the tests run, without what only a file needs. */
export const code = (language: string, source: string): Piece => ({ kind: 'code', language, code: source.replace(/^(\/\/|#|<!--) test:.*\n/gm, '').trim() });
