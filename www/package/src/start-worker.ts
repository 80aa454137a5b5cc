/** Where the package starts its workers. A page's Trusted Types have to name the policy; a script from elsewhere is imported by one of this page. */

/** To be named in a Content-Security-Policy that has `trusted-types`. */
const POLICY = 'skipscope-worker';

interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown };
}

let policy: { createScriptURL(url: string): unknown } | undefined;

/** `url`: of the package's own files, or where the page's author said that they lie. */
export function startWorker(url: string, name: string): Worker {
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  const rules = { createScriptURL: (script: string) => script };
  policy ??= factory?.createPolicy(POLICY, rules) ?? rules;
  const start = (script: string) => new Worker(policy!.createScriptURL(script) as string, { type: 'module', name });
  if (new URL(url, location.href).origin === location.origin) return start(url);
  // Of another origin no browser starts a worker, but a module of this origin may import it, where that origin allows (CORS).
  const own = URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' }));
  const worker = start(own);
  worker.addEventListener('message', () => URL.revokeObjectURL(own), { once: true });
  return worker;
}
