/** Where workers are started: under Trusted Types a page's own scripts have to be named as such, in one place. */

import { trusting } from './trusted';

/** The address of a script of this site, as something that may be run. */
export const scriptUrl = trusting(ownScript);

/** A worker from a script of this site; its address is that of Vite's `?worker&url`. */
export function startWorker(url: string, name: string): Worker {
  return new Worker(scriptUrl(url), { type: 'module', name });
}

function ownScript(url: string): string {
  const { origin, href } = new URL(url, location.href);
  if (origin !== location.origin) throw new TypeError(`${href} is not a script of this site`);
  return href;
}
