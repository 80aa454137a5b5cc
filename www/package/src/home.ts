/** What differs between a browser and Node. */
import type { Assets } from '../../src/engine/assets';
import type { Handle } from '../../src/engine/worker-handle';
import type { EngineHost } from '../../src/engine/host';
import type { Picture as Given } from '../../src/engine/types';
import type { Picture } from './api';

export interface Home {
  /** Where the files are that the package came with. */
  assets: Assets;
  models: Readonly<Record<string, string>>;
  /** In the place of a worker, where there is none. */
  here?: () => Handle<EngineHost>;
  /** Fetches a file. */
  fetch(url: string, init: { signal?: AbortSignal }): Promise<Response>;
  /** A string as an address. */
  resolve(source: string): string;
  picture(picture: Picture, signal?: AbortSignal): Promise<Given>;
}

let pictures = 0;

/** Every picture is one of its own: the engine keeps none. */
export function pictureOf(blob: Given['blob'], name: string): Given {
  return { id: ++pictures, name, blob };
}
