/** For tests: a worker whose other side lives in the test, and that dies as told. */
import * as Comlink from 'comlink';

export class FakeWorker extends EventTarget {
  terminated = false;
  /** What it was sent beside calls. */
  readonly orders: unknown[] = [];
  readonly #inside: MessagePort;
  readonly #outside: MessagePort;

  constructor(api: object) {
    super();
    const { port1, port2 } = new MessageChannel();
    this.#inside = port1;
    this.#outside = port2;
    Comlink.expose(api, port1);
    port1.addEventListener('message', ({ data }) => {
      if (!('type' in data)) this.orders.push(data);
    });
    port2.addEventListener('message', ({ data }) => {
      if (!this.terminated) this.dispatchEvent(new MessageEvent('message', { data }));
    });
    port2.start();
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    if (!this.terminated) this.#outside.postMessage(message, transfer);
  }

  terminate(): void {
    this.terminated = true;
    this.#inside.close();
  }

  /** As the worker's own `postMessage`. */
  say(message: unknown): void {
    this.#inside.postMessage(message);
  }

  fail(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
  }
}
