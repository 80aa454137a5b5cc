/**
 * Weights of other formats: .safetensors, PyTorch's .pth and .pt, .onnx; and model files told otherwise. A worker reads them, which is started when the first one comes.
 *
 *     const reader = new Reader();
 *     const facts = await reader.lookInto([file]);
 *     const blob = await reader.write([file], { id: 'own-1', title: 'My net' }, 'f32');
 */
import { handed, startWorker, WorkerHandle, type HandedFile } from '../engine';
import type { Answered, Design, Facts, Precision } from './types';
import readerUrl from './worker.ts?worker&url';
import type { ForeignWorker } from './worker';

export type * from './types';

/** The file, and those that lie beside it. */
export type Given = readonly [file: Blob, ...beside: File[]];

/** As the worker has them. */
export type Handed = readonly [file: HandedFile, ...beside: { name: string; file: HandedFile }[]];

export interface WriteOptions {
  signal?: AbortSignal;
  /** How many bytes of the model file there are. */
  onProgress?: (written: number) => void;
}

async function allHanded([file, ...beside]: Given): Promise<Handed> {
  return [await handed(file), ...(await Promise.all(beside.map(async (other) => ({ name: other.name, file: await handed(other) }))))];
}

export class Reader {
  #worker: WorkerHandle<ForeignWorker> | null = null;

  constructor(private readonly start: () => Worker = () => startWorker(readerUrl, 'reader')) {}

  /** Recognises the ResNet in a file. Rejects with what it is instead, or with what is wrong with it. */
  async lookInto(files: Given, signal?: AbortSignal): Promise<Facts> {
    const given = await allHanded(files);
    return this.#handle().call((remote, call) => remote.lookInto(call, given), { signal });
  }

  /** Names of classes: a line each, or JSON. */
  labelsIn(text: string, signal?: AbortSignal): Promise<string[]> {
    return this.#handle().call((remote, call) => remote.labelsIn(call, text), { signal });
  }

  /** What the known architectures cost, counted by the engine. */
  designs(signal?: AbortSignal): Promise<Design[]> {
    return this.#handle().call((remote, call) => remote.designs(call), { signal });
  }

  /**
   * The file as a model file; of a model file another one, with the card as it is where nothing is answered, and weights as they are where no
   * precision is asked for. The worker hears nothing while it writes: given up, it is ended.
   */
  async write(files: Given, answered: Answered | null, precision: Precision | null, { signal, onProgress }: WriteOptions = {}): Promise<Blob> {
    const given = await allHanded(files);
    const handle = this.#handle();
    const onReport = (written: unknown) => onProgress?.(written as number);
    const give = () => this.end();
    signal?.addEventListener('abort', give, { once: true });
    try {
      return await handle.call((remote, call) => remote.write(call, given, answered, precision), { signal, onReport });
    } finally {
      signal?.removeEventListener('abort', give);
    }
  }

  /** Gives the worker back; the next call starts another. */
  end(): void {
    this.#worker?.end();
    this.#worker = null;
  }

  #handle(): WorkerHandle<ForeignWorker> {
    if (this.#worker?.lost.aborted) this.#worker = null; // a damaged file may end it: the next one is read by another
    return (this.#worker ??= new WorkerHandle<ForeignWorker>(this.start(), 'The reader of other formats'));
  }
}
