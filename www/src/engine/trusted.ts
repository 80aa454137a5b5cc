/** Trusted Types: a page's own scripts have to be named as such, by a policy that the page's Content-Security-Policy names. */

const POLICY = 'skipscope-worker';

interface Policy {
  createScriptURL(url: string): unknown;
}

interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

/** Makes an address one that may be run, where `check` lets it through. The policy is made at the first one, and a page may have only one. */
export function trusting(check: (url: string) => string): (url: string) => string {
  let policy: Policy | undefined;
  return (url) => {
    const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
    policy ??= factory?.createPolicy(POLICY, { createScriptURL: check }) ?? { createScriptURL: check };
    return policy.createScriptURL(url) as string;
  };
}
