/** What the page may do, said once: the servers send it with every answer, and the built page carries it in itself. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';

/** The benchmark's worker, the one place where other people's libraries run. */
const BENCHMARK_WORKER = 'src/bench/worker.ts';
/** What the build calls it, so that a host can tell it by its address. */
const BENCHMARK_FILE = 'benchmark-worker';

/**
 * The hub of models, and where it sends whoever asks for a large file: the one other origin that the page may ask, and it does only
 * when the visitor has agreed to a download. Workers, where pictures are read and run, may not.
 */
const hub = JSON.parse(readFileSync(new URL('public/models/hub.json', import.meta.url), 'utf8')) as { origin: string; redirects: string[] };

type Policy = Record<string, string>;

const PAGE: Policy = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'", // the engine is WebAssembly; no string becomes a script
  'style-src': "'self'", // element.style and the classes of the style sheets; no <style>, no style="..."
  'img-src': "'self' blob: data:", // the visitor's own pictures, and the figures made of them
  'connect-src': ["'self'", hub.origin, ...hub.redirects].join(' '), // nothing leaves for anywhere else
  'worker-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'require-trusted-types-for': "'script'",
  'trusted-types': 'skipscope-worker svelte-trusted-html', // src/engine/trusted.ts; Svelte's, for the templates that it compiled
};
/** A <meta> may not say this. */
const HEADER_ONLY: Policy = { 'frame-ancestors': "'none'" };

/** A worker that comes from an address has the policy of its own answer, not the page's: all that is no page asks this site alone. */
const withoutHub = (policy: Policy): Policy => ({ ...policy, 'connect-src': "'self'" });

/** So the page stays strict while tfjs starts its threads from blobs. Its libraries know nothing of Trusted Types. */
function benchmarkWorker(): Policy {
  const { 'require-trusted-types-for': _, 'trusted-types': __, ...rest } = withoutHub(PAGE);
  return { ...rest, 'script-src': `${PAGE['script-src']} blob:`, 'worker-src': `${PAGE['worker-src']} blob:` };
}

const text = (policy: Policy): string =>
  Object.entries(policy)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');

/** Vite's dev server puts style sheets into <style>, which this nonce admits; a build has none. */
const devNonce = randomBytes(16).toString('base64');
const withNonce = (policy: Policy): Policy => ({ ...policy, 'style-src': `${policy['style-src']} 'nonce-${devNonce}'` });

const HEADERS = {
  // Cross-origin isolation: without these two a browser hands out no shared memory, hence no threads.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'X-Content-Type-Options': 'nosniff',
};

/** What goes out with the file of an address; `page`: the policy of the page itself. */
export function headersOf(pathname: string, page: Policy = PAGE): Record<string, string> {
  const isBenchmark = pathname.endsWith(`/${BENCHMARK_WORKER}`) || pathname.includes(`/${BENCHMARK_FILE}-`);
  const policy = isBenchmark ? benchmarkWorker() : /(\/|\.html)$/.test(pathname) ? page : withoutHub(page);
  return { ...HEADERS, 'Content-Security-Policy': text({ ...policy, ...HEADER_ONLY }) };
}

/**
 * Sets the headers before anything of Vite's answers: its own option for them leaves out 304s, and WebKit then refuses a
 * worker's script at every second load.
 */
function answerWith(page: Policy) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    for (const [name, value] of Object.entries(headersOf(pathname, page))) response.setHeader(name, value);
    next();
  };
}

export function contentSecurity(): Plugin[] {
  return [
    {
      name: 'skipscope:headers',
      enforce: 'pre',
      configureServer: ({ middlewares }) => void middlewares.use(answerWith(withNonce(PAGE))),
      configurePreviewServer: ({ middlewares }) => void middlewares.use(answerWith(PAGE)),
      config: (_, { command }) => (command === 'serve' ? { html: { cspNonce: devNonce } } : {}),
    },
    {
      name: 'skipscope:meta',
      apply: 'build',
      config: () => ({
        worker: {
          rolldownOptions: {
            output: {
              entryFileNames: ({ facadeModuleId }: { facadeModuleId: string | null }) =>
                `assets/${facadeModuleId?.endsWith(`/${BENCHMARK_WORKER}`) ? BENCHMARK_FILE : '[name]'}-[hash].js`,
            },
          },
        },
      }),
      transformIndexHtml: () => [{ tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: text(PAGE) }, injectTo: 'head-prepend' }],
    },
  ];
}
