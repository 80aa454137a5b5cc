/** One request to a hub, and what its answer means. */
import { EngineError } from '../engine';

/** This long without a byte is a cut. */
const STALL_MS = 30_000;
/** Longer than this nobody waits for a busy hub. */
const MOST_WAIT_S = 60;
/** A busy hub that does not say how long, or whose word on it the browser keeps to itself. */
const USUAL_WAIT_S = 10;

/** The connection broke, or never came about: `begun` tells which. */
export class Cut extends Error {
  constructor(
    message: string,
    readonly begun: boolean,
  ) {
    super(message);
  }

  told(): EngineError {
    return new EngineError(this.begun ? 'truncated' : 'network', this.message);
  }
}

/** The hub asks to be left alone for a while. */
export class Wait extends Error {
  constructor(
    message: string,
    readonly seconds: number,
  ) {
    super(message);
  }

  told(): EngineError {
    return new EngineError('network', this.message);
  }
}

export interface Asking {
  host: string;
  /** Of the model. */
  title: string;
  /** Where in the file it is to begin. */
  from: number;
  signal?: AbortSignal;
  /** Whatever is wrong with it but the connection, the answer is an empty one. */
  optional?: boolean;
}

export interface Answer {
  /** Where in the file it begins; null: this browser is not told, and it is where it was asked for. */
  from: number | null;
  /** There is no such place in the file. */
  outOfRange: boolean;
  /** Of the whole file; null: not told. */
  total: number | null;
  sha256: string | null;
  body: AsyncGenerator<Uint8Array>;
  /** Gives up the rest. */
  close(): Promise<void>;
}

export async function ask(url: string, { host, title, from, signal, optional = false }: Asking): Promise<Answer> {
  const ends = new AbortController();
  const giveUp = () => ends.abort();
  signal?.addEventListener('abort', giveUp, { once: true });
  let timer = setTimeout(giveUp, STALL_MS);
  const rest = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  };
  let response: Response;
  try {
    signal?.throwIfAborted();
    response = await fetch(url, {
      signal: ends.signal,
      headers: from > 0 ? { Range: `bytes=${from}-` } : {}, // one open range: it needs no preflight
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store', // the parts are the cache
    });
  } catch {
    rest();
    if (ends.signal.aborted && !signal?.aborted) throw new Cut(`${host} did not answer for ${STALL_MS / 1000} s.`, true);
    const why =
      (globalThis.navigator as Navigator | undefined)?.onLine === false
        ? 'this browser is offline'
        : 'it did not answer, or does not let pages of other sites read its files (CORS)';
    throw new Cut(`${host} could not be reached: ${why}.`, false);
  }
  const { status, headers } = response;
  const close = async () => {
    rest();
    ends.abort();
    await response.body?.cancel().catch(() => {});
  };
  if (!response.ok && status !== 416) {
    await close();
    if (status === 429 || (status === 503 && headers.has('retry-after'))) throw waitOf(host, headers.get('retry-after'));
    if (optional) return { from: 0, outOfRange: false, total: null, sha256: null, body: nothing(), close };
    throw refusal(host, title, status);
  }
  if (!optional && headers.get('content-type')?.startsWith('text/html')) {
    await close();
    throw notAFile(host, title);
  }
  const [, start, whole] = headers.get('content-range')?.match(/^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/) ?? [];
  const begins = status === 206 ? (start === undefined ? null : Number(start)) : 0;
  const length = numberOf(headers.get('content-length'));
  const total = numberOf(whole) ?? (length === null || headers.has('content-encoding') ? null : length + (status === 206 ? from : 0));
  return { from: begins, outOfRange: status === 416, total, sha256: hashOf(headers.get('x-linked-etag')), body: pieces(), close };

  async function* pieces(): AsyncGenerator<Uint8Array> {
    const reader = response.body!.getReader();
    try {
      for (;;) {
        clearTimeout(timer);
        timer = setTimeout(giveUp, STALL_MS);
        const { value, done } = await reader.read();
        clearTimeout(timer); // what is made of it may take its time
        if (done) return;
        yield value;
      }
    } catch {
      const stalled = ends.signal.aborted && !signal?.aborted;
      throw new Cut(stalled ? `${host} sent nothing of ${title} for ${STALL_MS / 1000} s.` : `The connection to ${host} broke.`, true);
    } finally {
      await close();
    }
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function refusal(host: string, title: string, status: number): EngineError {
  switch (status) {
    case 404:
    case 410:
      return new EngineError('not-found', `${title} is no longer on ${host} (${status}): it was moved or withdrawn.`);
    case 401:
    case 403:
      return new EngineError(
        'network',
        `${host} does not give ${title} to everyone (${status}): it asks for an account, or for a licence to be accepted there.`,
      );
    default:
      return new EngineError('network', `${host} answered ${status} where ${title} was asked for. Try again later.`);
  }
}

/** `told`: seconds or a date. */
function waitOf(host: string, told: string | null): Wait | EngineError {
  const date = Date.parse(told ?? '');
  const seconds = told === null ? USUAL_WAIT_S : /^\d+$/.test(told.trim()) ? Number(told) : Number.isNaN(date) ? USUAL_WAIT_S : (date - Date.now()) / 1000;
  if (seconds <= MOST_WAIT_S) return new Wait(`${host} is busy. Try again later.`, Math.max(1, Math.ceil(seconds)));
  return new EngineError('network', `${host} is busy and asks to come back in ${Math.ceil(seconds / 60)} minutes.`);
}

/** As networks with a login, and hubs, too, now and then, answer what was not asked for. */
export function notAFile(host: string, title: string): EngineError {
  return new EngineError('not-a-model', `${host} answered with a web page in place of ${title}: a login, or a notice of the network that you are on.`);
}

/** Markup, where weights should begin. A safetensors file may begin with “<”, the low byte of a length: a tag's name it does not. */
export function looksLikeAPage(head: Uint8Array): boolean {
  return /^\s*(<\?xml|<!--|<!doctype|<(html|head|body|script|title|meta)\b)/i.test(new TextDecoder('latin1').decode(head).replace(/^ï»¿/, ''));
}

function numberOf(text: string | null | undefined): number | null {
  return text && /^\d+$/.test(text) ? Number(text) : null;
}

function hashOf(etag: string | null): string | null {
  return etag?.match(/^(?:W\/)?"?([0-9a-f]{64})"?$/)?.[1] ?? null;
}
