/** The worker that is one more thread of the pool. */
import * as Comlink from 'comlink';
import type { Join } from './protocol';
import { glueOf } from './vite/glue';

const helper = {
  /** Answers when this thread is ready, and then hears nothing any more: it works until the worker is ended. */
  async join({ flavour, module, memory }: Join): Promise<void> {
    const { initSync, pool_work } = (await glueOf(flavour)) as typeof import('./pkg/threads/skipscope');
    initSync({ module, memory });
    // In a task of its own: the answer leaves first, and a trap is an error of the worker, which the page hears of. In a
    // promise it would stay in here.
    setTimeout(() => pool_work());
  },
};

export type Helper = typeof helper;
Comlink.expose(helper);
