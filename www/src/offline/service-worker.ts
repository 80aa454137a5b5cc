/**
 * The site without a server. Each build of the page has a service worker of its own, which keeps that build's files together: a page
 * gets all of its scripts from one build, and goes on working with them when the next one has taken over. What this worker does not
 * know (models, which the engine keeps itself, and anything else of this host) it leaves alone.
 *
 * Where the host sends no headers for isolation it adds them to what it answers with, so that the engine has its threads.
 */
import { PrecacheController } from 'workbox-precaching/PrecacheController';
import { relaxedSimd, simd } from 'wasm-feature-detect';
import type { Site, SiteFile, Word } from './site';

declare const self: ServiceWorkerGlobalScope;
declare const __SITE__: Site;

const { files, flavours, later } = __SITE__;
const SCOPE = self.registration.scope;
const absolute = (url: string) => new URL(url, SCOPE).href;

const SITE = `skipscope-site ${SCOPE}`;
/** The engine's builds that this browser runs, and what was used of the rest. */
const USED = `skipscope-used ${SCOPE}`;

const site = new PrecacheController({ cacheName: SITE });
site.addToCacheList(files.map(({ url, ...file }) => ({ ...file, url: absolute(url) })));
const named = new Set(files.filter(({ revision }) => revision !== null).map(({ url }) => absolute(url)));
const LATER = new Set(later.map(absolute));
const FLAVOURS = new Set(Object.values(flavours).map(({ url }) => absolute(url)));
/** Every address of this build. */
const OURS = new Set([...files.map(({ url }) => absolute(url)), ...LATER, ...FLAVOURS]);
const PAGE = absolute('index.html');
const ASSETS = absolute('assets/');
/** Which models there are may change without the page. */
const LISTS = new Set(['models/registry.json', 'models/hub.json'].map(absolute));

/**
 * On the visitor's own machine the server is asked first for whatever is called the same in every build: tomorrow another project
 * may be served on this port, and whoever builds the page wants to see what was built.
 */
const LOCAL = ['localhost', '127.0.0.1', '[::1]'].includes(self.location.hostname);

self.addEventListener('install', (event) => {
  void site.install(event);
  event.waitUntil(keepEngine());
});

// A first visit is kept from here on. Later builds wait until the visitor wants them, or no page is open. Nothing waits for the claim:
// where it did, Firefox held a page that was reloaded at that moment for a minute, and then failed to load it (4 of 7 such reloads on a
// busy machine).
self.addEventListener('activate', () => void self.clients.claim());

self.addEventListener('message', (event) => {
  const { say } = event.data as Word;
  if (say === 'take over') event.waitUntil(self.skipWaiting());
  else if (say === 'tidy') event.waitUntil(tidy());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const url = request.url.split(/[?#]/)[0]!;
  if (request.mode === 'navigate') {
    if (url === SCOPE || url === PAGE) event.respondWith(page(request));
  } else if (url.startsWith(ASSETS)) event.respondWith(asset(request, url).then((answer) => isolatedFor(request, answer)));
  else if (LISTS.has(url) || (LOCAL && named.has(url))) event.respondWith(fetch(request).catch(() => kept(url, request)));
  else if (named.has(url)) event.respondWith(kept(url, request));
});

/** The page itself. Any other address of the site is the server's to answer. */
async function page(request: Request): Promise<Response> {
  if (!LOCAL) return isolatedFor(request, await kept(PAGE, request));
  let answer: Response;
  try {
    answer = await fetch(request);
  } catch {
    return isolatedFor(request, await kept(PAGE, request));
  }
  const [said, ours] = await Promise.all([answer.clone().text(), site.matchPrecache(PAGE).then((response) => response?.text())]);
  return said === ours ? isolatedFor(request, answer) : answer; // another page: its headers are its own affair
}

/** Of this build. */
async function kept(url: string, request: Request): Promise<Response> {
  return (await site.matchPrecache(url)) ?? fetch(request); // a browser may have let go of it
}

/** A file that is called by its content: wherever it is kept, it is the one. The build before may have kept it. */
async function asset(request: Request, url: string): Promise<Response> {
  const found = (await (await caches.open(SITE)).match(url)) ?? (await (await caches.open(USED)).match(url));
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && (LATER.has(url) || FLAVOURS.has(url))) {
    const copy = answer.clone();
    void caches
      .open(USED)
      .then((cache) => cache.put(url, copy))
      .catch(() => {}); // no room: it is fetched again
  }
  return answer;
}

/** Shared memory, which threads need, is given to a page that is isolated by its own headers and whose workers have them, too. */
function isolatedFor({ destination }: Request, answer: Response): Response {
  if (!['document', 'worker'].includes(destination) || answer.headers.has('Cross-Origin-Embedder-Policy')) return answer;
  const headers = new Headers(answer.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}

/** The best build of the engine that this browser runs, and the one for when the page is not isolated. */
async function keepEngine(): Promise<void> {
  const names = (await relaxedSimd()) ? ['threads', 'relaxed'] : (await simd()) ? ['threads-simd128', 'simd128'] : ['scalar'];
  const cache = await caches.open(USED);
  const wanted = names.map((name) => flavours[name]).filter((file): file is SiteFile => file !== undefined);
  for (const { url, integrity } of wanted) {
    if (!(await cache.match(absolute(url)))) await cache.add(new Request(absolute(url), { integrity }));
  }
}

/** Lets go of what was an earlier build's, once every open page is of this one. A page that does not answer may be of any. */
async function tidy(): Promise<void> {
  const pages = (await self.clients.matchAll({ type: 'window', includeUncontrolled: true })).filter(({ url }) => url.startsWith(SCOPE));
  const builds = await Promise.all(pages.map(buildOf));
  if (!builds.every((build) => build !== null && OURS.has(build))) return;
  await letGo(SITE, new Set(site.getURLsToCacheKeys().values()));
  await letGo(USED, OURS);
}

async function letGo(name: string, but: Set<string>): Promise<void> {
  const cache = await caches.open(name);
  for (const { url } of await cache.keys()) {
    if (self.registration.installing || self.registration.waiting) return; // the next build may want it
    if (!but.has(url)) await cache.delete(url);
  }
}

const ANSWERS_WITHIN_MS = 10_000;

function buildOf(page: Client): Promise<string | null> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), ANSWERS_WITHIN_MS);
    port1.onmessage = ({ data }) => resolve(String(data));
    page.postMessage({ say: 'which' } satisfies Word, [port2]);
  });
}
