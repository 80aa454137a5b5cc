/** Loads a model, on an engine that all nets of the same kind share. */
import type { Assets } from '../../src/engine/assets';
import { Engine } from '../../src/engine/engine';
import { cancelled, EngineError } from '../../src/engine/errors';
import type { Load, LoadOptions, Net } from './api';
import type { Home } from './home';
import { netOf } from './net';
import { foreignFormat, fileOf } from './source';

/** An engine that is wanted by so many nets and loads. */
interface Shared {
  engine: Promise<Engine>;
  users: number;
}

export function createLoad(home: Home): Load {
  const engines = new Map<string, Shared>();

  /** Answers with how to let go of it. */
  function take({ flavour, threads, assets }: LoadOptions): { shared: Shared; release: () => void } {
    const files = assetsOf(home, assets);
    const key = JSON.stringify([flavour, threads, files]);
    const running = engines.get(key);
    const shared = running ?? { engine: Engine.start({ flavour, threads, assets: files, here: home.here }), users: 0 };
    if (!running) {
      const forget = () => engines.get(key) === shared && engines.delete(key);
      engines.set(key, shared);
      shared.engine.then(({ lost }) => lost.addEventListener('abort', forget), forget); // the next load starts another
    }
    shared.users++;
    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      if (--shared.users > 0) return;
      if (engines.get(key) === shared) engines.delete(key);
      shared.engine.then((engine) => engine.dispose()).catch(() => {});
    };
    return { shared, release };
  }

  return async (source, options = {}): Promise<Net> => {
    const { signal, onProgress, assets } = options;
    if (signal?.aborted) throw cancelled();
    const { shared, release } = take(options);
    shared.engine.catch(() => {}); // told below, also when the file fails first
    try {
      const { name, blob } = await fileOf(source, home, assets, { signal, onProgress });
      const format = await foreignFormat(blob);
      if (format)
        throw new EngineError(
          'not-a-model',
          `${name} is ${format}: this package reads SkipScope’s model files (.gguf). The page converts it: open it there, and save it from its card.`,
        );
      const engine = await unlessAborted(shared.engine, signal);
      const net = await engine.load({ id: name, title: name, file: name, bytes: blob.size, dataset: '', licence: '', source: '', from: blob }, { signal });
      return netOf(net, engine.info, home, () => {
        net.dispose();
        release();
      });
    } catch (error) {
      release();
      throw error;
    }
  };
}

/** The engine goes on starting for others. */
function unlessAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(cancelled());
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Where a file of the package is, for somebody who has put it elsewhere. */
export function placed(assets: NonNullable<LoadOptions['assets']>, file: string, home: Home): string {
  if (typeof assets === 'function') return home.resolve(String(assets(file)));
  const base = home.resolve(String(assets));
  return new URL(file, base.endsWith('/') ? base : `${base}/`).href;
}

function assetsOf(home: Home, assets: LoadOptions['assets']): Assets {
  if (!assets) return home.assets;
  return {
    worker: placed(assets, 'worker.js', home),
    helper: placed(assets, 'helper.js', home),
    binaries: Object.fromEntries(Object.keys(home.assets.binaries).map((flavour) => [flavour, placed(assets, `${flavour}.wasm`, home)])),
  };
}
