/** Where workers are started: under Trusted Types a page's own scripts have to be named as such, in one place. */

/** Named in the page's Content-Security-Policy. */
const POLICY = 'skipscope-worker';

interface Policy {
  createScriptURL(url: string): unknown;
}

interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

let policy: Policy | undefined;

/** The address of a script of this site, as something that may be run. */
export function scriptUrl(url: string): string {
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  policy ??= factory?.createPolicy(POLICY, { createScriptURL: ownScript }) ?? { createScriptURL: ownScript };
  return policy.createScriptURL(url) as string;
}

/** A worker from a script of this site; its address is that of Vite's `?worker&url`. */
export function startWorker(url: string, name: string): Worker {
  return new Worker(scriptUrl(url), { type: 'module', name });
}

function ownScript(url: string): string {
  const { origin, href } = new URL(url, location.href);
  if (origin !== location.origin) throw new TypeError(`${href} is not a script of this site`);
  return href;
}
