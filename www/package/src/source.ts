/** What a model is loaded from, as a file. */
import { cancelled, EngineError, messageOf } from '../../src/engine/errors';
import type { LoadOptions, Source } from './api';
import type { Home } from './home';
import { placed } from './load';

interface File {
  name: string;
  blob: Blob;
}

type Options = Pick<LoadOptions, 'signal' | 'onProgress'>;

export async function fileOf(source: Source, home: Home, assets: LoadOptions['assets'], options: Options): Promise<File> {
  if (source instanceof Blob) return { name: (source as { name?: string }).name ?? 'the model', blob: source };
  if (source instanceof ArrayBuffer || source instanceof Uint8Array) return { name: 'the model', blob: new Blob([source as BlobPart]) };
  if (typeof source !== 'string' && !(source instanceof URL)) throw new EngineError('argument', 'A model is loaded from a name, an address, a file or bytes.');
  const text = String(source);
  if (/^[\w-]+$/.test(text)) {
    const built = home.models[text];
    if (!built) throw new EngineError('not-found', `There is no model “${text}” in this package; there are: ${Object.keys(home.models).join(', ')}.`);
    return { name: text, blob: await fetched(assets ? placed(assets, `${text}.gguf`, home) : built, text, home, options) };
  }
  const name = text.split(/[?#]/)[0]!.split('/').at(-1) || text;
  return { name, blob: await fetched(home.resolve(text), name, home, options) };
}

/** A file from an address, with what came of it so far told. */
export async function fetched(url: string, name: string, home: Home, { signal, onProgress }: Options): Promise<Blob> {
  let response: Response;
  try {
    response = await home.fetch(url, { signal });
  } catch (error) {
    if (signal?.aborted) throw cancelled(`Loading ${name} was cancelled.`);
    if (error instanceof EngineError) throw error;
    throw new EngineError('network', `${name} could not be fetched: ${messageOf(error)} (${url}).`);
  }
  if (!response.ok || !response.body) {
    throw new EngineError(response.status === 404 ? 'not-found' : 'network', `${name} could not be fetched: the server answered ${response.status} (${url}).`);
  }
  const coded = response.headers.has('content-encoding'); // then its length is another
  const total = coded ? 0 : Number(response.headers.get('content-length') ?? 0);
  const reader = response.body.getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let received = 0;
  onProgress?.(0, total);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      received += value.length;
      onProgress?.(received, total);
    }
  } catch {
    if (signal?.aborted) throw cancelled(`Loading ${name} was cancelled.`);
    throw new EngineError('truncated', `The connection broke after ${received} bytes of ${name}.`);
  }
  if (total > 0 && received < total) throw new EngineError('truncated', `${name} arrived truncated: ${received} of ${total} bytes.`);
  return new Blob(pieces);
}

/** What another framework's file is, by its first bytes. */
export async function foreignFormat(blob: Blob): Promise<string | null> {
  const bytes = new Uint8Array(await blob.slice(0, 16).arrayBuffer());
  const text = String.fromCharCode(...bytes);
  if (text.startsWith('GGUF')) return null;
  if (text.startsWith('PK\x03\x04') || bytes[0] === 0x80) return 'a PyTorch checkpoint';
  if (text[8] === '{') return 'a safetensors file';
  if (bytes[0] === 8 && (bytes[1] ?? 0) < 32 && bytes[2] === 0x12) return 'an ONNX file';
  return null; // the engine says what it is not
}
