/** In the place of src/engine/start-worker.ts. Chromium starts no module from a blob of a file:// page: here workers are plain scripts. */

/** Named in the document's Content-Security-Policy. */
const POLICY = 'skipscope-worker';

interface Policy {
  createScriptURL(url: string): unknown;
}

interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

let policy: Policy | undefined;

export function scriptUrl(url: string): string {
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  policy ??= factory?.createPolicy(POLICY, { createScriptURL: ownScript }) ?? { createScriptURL: ownScript };
  return policy.createScriptURL(url) as string;
}

export function startWorker(url: string, name: string): Worker {
  return new Worker(scriptUrl(url), { name });
}

/** What this page itself has made a blob of. */
function ownScript(url: string): string {
  if (!url.startsWith('blob:')) throw new TypeError(`${url} is not a script of this file`);
  return url;
}
