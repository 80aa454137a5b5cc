/**
 * Models of a hub, another origin: nothing of it is asked for before somebody says so. A download arrives in parts that are kept, goes
 * on where it was cut (`Range`), waits when the hub is busy, and is verified by the SHA-256 that the hub's list of files states.
 */
import type { Answers } from './answers';
import { cancelled, EngineError, hasher, readList } from '../engine';
import { ask, Cut, looksLikeAPage, notAFile, Wait } from './hub-request';
import { aloneOrNot } from './locks';
import { Parts, type Promised } from './parts';

export interface HubModel extends Omit<Answers, 'labels' | 'accuracy' | 'note'> {
  id: string;
  repository: string;
  file: string;
  /** As timm calls it. */
  architecture: string;
  /** About: of its numbers as f32, and the file's header. */
  bytes: number;
  /** Absent: not stated. */
  accuracy?: string;
  note?: string;
}

/** public/models/hub.json. */
export interface Hub {
  origin: string;
  /** Where it sends whoever asks for a large file, as a content policy writes it. */
  redirects: string[];
  models: HubModel[];
}

export interface DownloadOptions {
  signal?: AbortSignal;
  onProgress?: (received: number, total: number) => void;
  /** It goes on by itself in so many seconds: the hub asked for that ('busy'), or the connection broke. Null: it goes on. */
  onWait?: (wait: { seconds: number; why: 'busy' | 'cut' } | null) => void;
  /** All is there, and is looked through. */
  onCheck?: () => void;
}

/** What is written at once. At most this much comes twice after a cut that nobody could see coming: a closed tab. */
const PART = 4 << 20;
/** A connection that breaks before it has brought this much has not got on. */
const GOT_ON = 1 << 16;
const MOST_CUTS = 4;
const MOST_WAITS = 4;

export const readHub = (url: string): Promise<Hub> => readList<Hub>(url, 'The list of the hub’s models');

export const hostOf = ({ origin }: Pick<Hub, 'origin'>): string => new URL(origin).host;

export function answersOf({ title, mean, std, inputSide, resizeSide, interpolation, licence, source, dataset, accuracy, note }: HubModel): Answers {
  return { title, mean, std, inputSide, resizeSide, interpolation, labels: 'imagenet', licence, source, dataset, accuracy: accuracy ?? '', note: note ?? '' };
}

/** Bytes that are here of downloads that were begun, by the model's id. */
export const pending = (): Promise<Map<string, number>> => Parts.begun();

export async function discard(id: string): Promise<void> {
  await (await Parts.open(id)).drop();
}

/** The file. What came of it is kept until `discard`: whoever uses it does that. */
export async function download(hub: Hub, model: HubModel, options: DownloadOptions = {}): Promise<Blob> {
  const done = await aloneOrNot(`skipscope-download-${model.id}`, () => fetchAll(hub, model, options));
  if (!done) throw new EngineError('network', `${model.title} is on its way already, in another tab.`);
  return done;
}

async function fetchAll(hub: Hub, model: HubModel, options: DownloadOptions): Promise<Blob> {
  const { signal, onProgress, onWait, onCheck } = options;
  const host = hostOf(hub);
  const parts = await Parts.open(model.id);
  onProgress?.(parts.received, parts.promised?.bytes ?? model.bytes);
  let cuts = 0;
  let waits = 0;
  for (;;) {
    const before = parts.received;
    try {
      await catchUp(hub, model, parts, options);
      break;
    } catch (error) {
      if (signal?.aborted) throw cancelled(`Downloading ${model.title} was cancelled.`);
      if (error instanceof Wait && waits++ < MOST_WAITS) {
        await pause(error.seconds, 'busy');
      } else if (error instanceof Cut) {
        cuts = parts.received - before >= GOT_ON ? 1 : cuts + 1;
        // What does not answer at all will not in a second either; what broke off may.
        if (!error.begun || cuts >= MOST_CUTS) throw error.told();
        await pause(2 ** (cuts - 1), 'cut');
      } else throw error instanceof Wait ? error.told() : error;
    }
  }
  onCheck?.();
  const file = await parts.whole();
  const sha256 = parts.promised?.sha256;
  if (sha256 && (await digest(file, signal)) !== sha256) {
    await parts.drop();
    throw new EngineError('corrupted', `${model.title} arrived corrupted: its SHA-256 is not the one that ${host} states. Nothing of it was kept.`);
  }
  return file;

  async function pause(seconds: number, why: 'busy' | 'cut'): Promise<void> {
    onWait?.({ seconds, why });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 1000 * seconds);
      signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
    onWait?.(null);
    if (signal?.aborted) throw cancelled(`Downloading ${model.title} was cancelled.`);
  }
}

/** From where the parts end to the file's end. */
async function catchUp(hub: Hub, model: HubModel, parts: Parts, { signal, onProgress }: DownloadOptions): Promise<void> {
  if (parts.received > 0 && parts.received === parts.promised?.bytes) return;
  const host = hostOf(hub);
  const listed = await stated(hub, model, signal);
  const before = parts.promised;
  // Another file by now than the one that was begun.
  if (listed && before && (listed.sha256 !== before.sha256 || listed.bytes !== before.bytes)) await parts.drop();
  if (listed && !parts.promised) await parts.promise(listed);

  const url = `${hub.origin}/${model.repository}/resolve/main/${model.file}`;
  const answer = await ask(url, { host, title: model.title, from: parts.received, signal });
  if (answer.outOfRange || (answer.from !== null && answer.from !== parts.received)) {
    // The server has no such place in the file, or begins elsewhere: from the start, then. Where that was the start, it is at a loss.
    const atStart = parts.received === 0;
    await answer.close();
    await parts.drop();
    if (atStart) throw new EngineError('network', `${host} sent ${model.title} from the middle on. Try again later.`);
    return catchUp(hub, model, parts, { signal, onProgress });
  }
  const total = parts.promised?.bytes ?? answer.total;
  if (!parts.promised) await parts.promise({ bytes: total, sha256: answer.sha256 });
  // Nobody agreed to much more than what was named.
  const most = total ?? 2 * model.bytes;
  if (most > 2 * model.bytes) {
    await answer.close();
    await parts.drop();
    throw new EngineError('corrupted', `${host} has ${most} bytes under the name of ${model.title}, where about ${model.bytes} were expected.`);
  }
  await pour(answer.body, parts, { host, model, most, total, onProgress });
}

interface Pouring {
  host: string;
  model: HubModel;
  most: number;
  total: number | null;
  onProgress: DownloadOptions['onProgress'];
}

async function pour(body: AsyncGenerator<Uint8Array>, parts: Parts, { host, model, most, total, onProgress }: Pouring): Promise<void> {
  let pieces: Uint8Array[] = [];
  let held = 0;
  let head = parts.received > 0 ? null : new Uint8Array();
  const write = async () => {
    const now = pieces;
    [pieces, held] = [[], 0];
    await parts.add(now);
  };
  try {
    for await (const piece of body) {
      if (head) {
        head = joined(head, piece).subarray(0, 256);
        if (looksLikeAPage(head)) {
          [pieces, held] = [[], 0];
          throw notAFile(host, model.title);
        }
        if (head.length === 256) head = null;
      }
      pieces.push(piece);
      held += piece.length;
      if (parts.received + held > most) {
        [pieces, held] = [[], 0];
        await parts.drop();
        throw new EngineError('corrupted', `${model.title} is corrupted: more came than the ${most} bytes that it should have.`);
      }
      onProgress?.(parts.received + held, total ?? model.bytes);
      if (held >= PART) await write();
    }
  } finally {
    await write(); // of a connection that broke, too
  }
  if (total !== null && parts.received < total)
    throw new Cut(`The connection to ${host} broke after ${parts.received} of ${total} bytes of ${model.title}.`, true);
}

/**
 * The file's size and SHA-256, as the hub's list of the repository's files states them; null: it states none. The file's own answer
 * states its hash, too (`X-Linked-Etag`), but before it sends a browser on to where the file is, and no script sees that one.
 */
async function stated({ origin }: Hub, { repository, file, title }: HubModel, signal?: AbortSignal): Promise<Promised | null> {
  const { host } = new URL(origin);
  let text = '';
  try {
    const answer = await ask(`${origin}/api/models/${repository}/tree/main`, { host, title, from: 0, signal, optional: true });
    const decoder = new TextDecoder();
    for await (const piece of answer.body) text += decoder.decode(piece, { stream: true });
    const files = JSON.parse(text) as { path: string; size: number; lfs?: { oid: string; size: number } }[];
    const found = files.find(({ path }) => path === file)!;
    return { bytes: found.size, sha256: /^[0-9a-f]{64}$/.test(found.lfs?.oid ?? '') ? found.lfs!.oid : null };
  } catch (error) {
    if (signal?.aborted || error instanceof Wait || error instanceof EngineError) throw error;
    return null; // of what is wrong with the connection the file's own answer tells
  }
}

async function digest(file: Blob, signal?: AbortSignal): Promise<string> {
  const hash = hasher(file.size);
  const reader = file.stream().getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return hash.digest();
    if (signal?.aborted) throw cancelled();
    hash.update(value);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
