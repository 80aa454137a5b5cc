/** Where the package starts its workers. A page's Trusted Types have to name the policy; a script from elsewhere is imported by one of this page. */

import { trusting } from '../../src/engine/trusted';

export const scriptUrl = trusting((script) => script);

/** `url`: of the package's own files, or where the page's author said that they lie. */
export function startWorker(url: string, name: string): Worker {
  const start = (script: string, type: WorkerType) => new Worker(scriptUrl(script), { type, name });
  // `self`, not `location`: a sandboxed frame is of no origin.
  if (new URL(url, location.href).origin === self.origin) return start(url, 'module');
  const own = URL.createObjectURL(new Blob([imported(url)], { type: 'text/javascript' }));
  const worker = start(own, 'classic'); // of a frame without an origin Chromium starts no module from a blob
  worker.addEventListener('message', () => URL.revokeObjectURL(own), { once: true });
  return worker;
}

/**
 * Of another origin no browser starts a worker, but one of this origin may import its script, where that origin allows (CORS). What is
 * asked of it meanwhile waits for the script.
 */
function imported(url: string): string {
  return `
    const early = [];
    const keep = (event) => early.push(event);
    addEventListener('message', keep);
    import(${JSON.stringify(url)}).then(
      () => {
        removeEventListener('message', keep);
        for (const { data, ports } of early) dispatchEvent(new MessageEvent('message', { data, ports: [...ports] }));
      },
      (error) => setTimeout(() => { throw error; }),
    );`;
}
