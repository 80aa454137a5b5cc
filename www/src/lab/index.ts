/**
 * The lab: small nets that are made, measured and trained in a worker of their own.
 *
 *     const lab = new Lab();
 *     const { layers, blocks } = await lab.gradientFlow({ ...(await lab.defaults()), wiring: 'plain', depth: 32 }, signal);
 *     lab.end();
 */
import { budget, handed, startWorker, WorkerHandle, type ThreadBudget } from '../engine';
import type { GradientFlow, ModelFile, Numbers, Operated, Paths, Settings, Stretch, Subject, Surgery, Tried } from './types';
import labUrl from './worker.ts?worker&url';
import type { LabWorker } from './worker';

export { built } from './flavour';
export type * from './types';

export class Lab {
  readonly #worker: WorkerHandle<LabWorker>;
  readonly #budget: ThreadBudget;

  constructor(worker: Worker = startWorker(labUrl, 'lab'), threads: ThreadBudget = budget) {
    this.#worker = new WorkerHandle<LabWorker>(worker, 'The lab’s worker');
    this.#budget = threads;
  }

  /** Aborted, with the error as its reason, when the worker died: another lab is needed. */
  get lost(): AbortSignal {
    return this.#worker.lost;
  }

  /** Of the usual race. */
  defaults(signal?: AbortSignal): Promise<Settings> {
    return this.#worker.call((remote, call) => remote.defaults(call), { signal });
  }

  /** Gradient and signal of an untrained net. As every call that computes it waits for a core: no more threads are busy than there are. */
  gradientFlow(settings: Settings, signal?: AbortSignal): Promise<GradientFlow> {
    return this.#worker.call((remote, call) => remote.gradientFlow(call, settings), { signal, turn: this.#turn });
  }

  /** Makes the net that learns, in the place of the one before; answers with the names of its classes. */
  begin(settings: Settings, signal?: AbortSignal): Promise<string[]> {
    return this.#worker.call((remote, call) => remote.begin(call, settings), { signal, turn: this.#turn });
  }

  /** So many steps in one turn; `look`: then it is tested, too. */
  train(steps: number, look: boolean, signal?: AbortSignal): Promise<Stretch> {
    return this.#worker.call((remote, call) => remote.train(call, steps, look), { signal, turn: this.#turn });
  }

  /** The net as safetensors, which PyTorch loads. */
  checkpoint(signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#worker.call((remote, call) => remote.checkpoint(call), { signal, turn: this.#turn });
  }

  /** All numbers of the net, from which it is made again elsewhere. */
  numbers(signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    return this.#worker.call((remote, call) => remote.numbers(call), { signal, turn: this.#turn });
  }

  /** The net as a model file, which the engine and the command line run. Rejects for wirings that they do not know. */
  model(id: string, title: string, accuracy: string, signal?: AbortSignal): Promise<ModelFile> {
    return this.#worker.call((remote, call) => remote.model(call, id, title, accuracy), { signal, turn: this.#turn });
  }

  /** The gradient of the likeliest class, split by how many residual branches it passes: of a CIFAR net’s model file, for one picture. */
  async paths(from: string | Blob, picture: ImageData, signal?: AbortSignal): Promise<Paths> {
    const file = await handed(from);
    return this.#worker.call((remote, call) => remote.paths(call, file, picture), { signal, turn: this.#turn });
  }

  /** Opens a CIFAR net’s model file, or a net of the lab’s, for what follows, and has it look at all that it is tried on; squares have the class that it takes them for. */
  async try(
    from: string | Blob | Numbers,
    on: Tried,
    { onPictures, signal }: { onPictures?: (seen: number) => void; signal?: AbortSignal } = {},
  ): Promise<Subject> {
    const onReport = (seen: unknown) => onPictures?.(seen as number);
    const net = await handed(from);
    return this.#worker.call((remote, call) => remote.tryOut(call, net, on), { signal, turn: this.#turn, onReport });
  }

  /** One draw of `count` blocks deleted, or pairs swapped. The same count and seed are the same blocks in every net of that depth. */
  operate(surgery: Surgery, count: number, seed: number, signal?: AbortSignal): Promise<Operated> {
    return this.#worker.call((remote, call) => remote.operate(call, surgery, count, seed), { signal, turn: this.#turn });
  }

  /** Losses around the weights, row by row, at all of `along` on the first direction that the seed draws and at `across` on the second. */
  surface(seed: number, along: number[], across: number, signal?: AbortSignal): Promise<number[]> {
    return this.#worker.call((remote, call) => remote.surface(call, seed, along, across), { signal, turn: this.#turn });
  }

  readonly #turn = (settled: AbortSignal): Promise<() => void> => this.#budget.take(1, settled);

  /** Gives the worker back, and all it holds. */
  end(): void {
    this.#worker.end();
  }
}
