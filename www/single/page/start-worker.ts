/** In the place of src/engine/start-worker.ts. Chromium starts no module from a blob of a file:// page: here workers are plain scripts. */

import { trusting } from '../../src/engine/trusted';

export const scriptUrl = trusting(ownScript);

export function startWorker(url: string, name: string): Worker {
  return new Worker(scriptUrl(url), { name });
}

/** What this page itself has made a blob of. */
function ownScript(url: string): string {
  if (!url.startsWith('blob:')) throw new TypeError(`${url} is not a script of this file`);
  return url;
}
