/** Reads weights of other formats, in a worker: files are read by ranges, and never whole. */
import { asEngineError, during, EngineError, isTrap, messageOf, report, serve, type HandedFile } from '../engine/worker-side';
import init, { architectures, labels_in, look_into, write_model_file, type Answered, type Design, type Facts, type Readable } from './pkg/foreign';
import type { Handed } from './index';
import type { Precision } from './types';
import url from './pkg/foreign_bg.wasm?url';

/** The page's thread, which reads the types of this file too, has none. */
declare const FileReaderSync: new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer };

let started: Promise<unknown> | null = null;

/** Pieces are gathered until a blob is made of them, which the browser may keep on disk. */
const PIECE = 8 << 20;

function readable(file: HandedFile): Readable {
  if (file instanceof Uint8Array) return { length: file.length, read: (from, to) => file.subarray(from, to) };
  const reader = new FileReaderSync();
  return { length: file.size, read: (from, to) => new Uint8Array(reader.readAsArrayBuffer(file.slice(from, to))) };
}

const beside =
  (files: readonly { name: string; file: HandedFile }[]) =>
  (name: string): Readable | undefined => {
    const found = files.find((other) => other.name === name);
    return found && readable(found.file);
  };

async function using<R>(call: number, work: () => R): Promise<R> {
  return during(call, async (signal) => {
    await (started ??= init({ module_or_path: new URL(url, import.meta.url).href }));
    signal.throwIfAborted();
    try {
      return work();
    } catch (error) {
      if (isTrap(error)) throw new EngineError('crashed', `The reader of other formats stopped (${messageOf(error)}).`);
      throw asEngineError(error, '', 'not-a-model');
    }
  });
}

const lookInto = (call: number, [file, ...others]: Handed): Promise<Facts> => using(call, () => look_into(readable(file), beside(others)));

const labelsIn = (call: number, text: string): Promise<string[]> => using(call, () => labels_in(text));

/** What the known architectures cost. */
const designs = (call: number): Promise<Design[]> => using(call, architectures);

/** The model file; reports how many bytes of it there are. */
const write = (call: number, [file, ...others]: Handed, answered: Answered | null, precision: Precision | null): Promise<Blob> =>
  using(call, () => {
    const made: Blob[] = [];
    let pieces: Uint8Array<ArrayBuffer>[] = [];
    let [gathered, written] = [0, 0];
    const flush = () => {
      made.push(new Blob(pieces));
      [pieces, gathered] = [[], 0];
      report(call, written);
    };
    write_model_file(readable(file), beside(others), answered ?? undefined, precision ?? undefined, (bytes: Uint8Array<ArrayBuffer>) => {
      pieces.push(bytes);
      gathered += bytes.length;
      written += bytes.length;
      if (gathered >= PIECE) flush();
    });
    flush();
    return new Blob(made, { type: 'application/octet-stream' });
  });

const functions = { lookInto, labelsIn, designs, write };
export type ForeignWorker = typeof functions;
serve(functions);
