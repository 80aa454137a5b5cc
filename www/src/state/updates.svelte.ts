/**
 * The service worker (src/offline/), as the page sees it: it keeps this build for a visit without a server, and says when another one
 * waits. The page works without it, and does where there is none: in a frame of somebody else's page, from a file, in some private windows.
 */
import { scriptUrl } from '../engine';
import type { Word } from '../offline/site';

/** How often a page that stays open looks for another build, when it is come back to. */
const LOOKS_EVERY_MS = 60 * 60 * 1000;

export class Updates {
  /** Another build is there: this page is of an earlier one, and goes on working. */
  waiting = $state(false);
  #registration: ServiceWorkerRegistration | null = null;
  #wanted = false;
  #looked = Date.now();

  /** `build`: this page's script, whose name is that of its content; none where the page is one document. */
  async start(build: string | undefined): Promise<void> {
    if (!build || window.top !== window || !('serviceWorker' in navigator) || (navigator as { connection?: { saveData?: boolean } }).connection?.saveData)
      return;
    const workers = navigator.serviceWorker;
    let isFirst = workers.controller === null;
    workers.addEventListener('controllerchange', () => {
      if (this.#wanted) location.reload();
      else if (!isFirst) this.waiting = true; // another tab has gone ahead
      isFirst = false;
    });
    workers.addEventListener('message', ({ data, ports }: MessageEvent<Word>) => {
      if (data.say === 'which') ports[0]?.postMessage(build);
    });
    try {
      const registration = (await workers.register(scriptUrl(new URL('sw.js', document.baseURI).href))) as ServiceWorkerRegistration | undefined;
      if (!registration) return; // a browser that is told to block them may say nothing
      this.#registration = registration;
      this.#watch(registration);
      say(registration.active, { say: 'tidy' });
      document.addEventListener('visibilitychange', () => this.#look());
    } catch {
      // The page is as good without one.
    }
  }

  /** Loads the page anew, as the build that waits. Where another tab has done so it has taken over already. */
  reload(): void {
    this.#wanted = true;
    const waiting = this.#registration?.waiting;
    if (waiting) say(waiting, { say: 'take over' });
    else location.reload();
  }

  #watch(registration: ServiceWorkerRegistration): void {
    const look = () => {
      if (registration.waiting && registration.active) this.waiting = true;
    };
    const follow = () => registration.installing?.addEventListener('statechange', look);
    registration.addEventListener('updatefound', follow);
    follow();
    look();
  }

  #look(): void {
    if (document.visibilityState !== 'visible' || Date.now() - this.#looked < LOOKS_EVERY_MS) return;
    this.#looked = Date.now();
    this.#registration?.update().catch(() => {}); // without a connection there is none
  }
}

function say(worker: ServiceWorker | null, word: Word): void {
  worker?.postMessage(word);
}
