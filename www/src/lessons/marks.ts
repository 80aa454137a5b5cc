/**
 * How a text says that a word of it stands in the glossary: `[rms]`, or `[projected|projection shortcut]` where it is written otherwise.
 * Marked by whoever writes the text: nothing is searched for.
 */
import { GLOSSARY, type Word } from './glossary';

export type Piece = string | { shown: string; word: Word };

const MARK = /\[([^\]|]+)(?:\|([^\]]+))?\]/;

/** An unknown word is an error of the text: a test reads them all. */
export function piecesOf(text: string): Piece[] {
  const mark = MARK.exec(text);
  if (!mark) return text ? [text] : [];
  const [whole, shown, word = shown!] = mark;
  if (!(word in GLOSSARY)) throw new Error(`The glossary does not have “${word}”.`);
  const before = text.slice(0, mark.index);
  return [...(before ? [before] : []), { shown: shown!, word: word as Word }, ...piecesOf(text.slice(mark.index + whole.length))];
}

/** Without the marks. */
export const unmarked = (text: string): string =>
  piecesOf(text)
    .map((piece) => (typeof piece === 'string' ? piece : piece.shown))
    .join('');
