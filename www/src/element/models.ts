/** The model that an element names, brought whole: its length is known then, and it may come from anywhere. */
import { cancelled, EngineError, type ModelSource } from '../engine';
import { SHIPPED } from './shipped';

/** A name that the package ships, an address, or the file. */
export type ElementModel = string | Blob;

export async function bring(
  model: ElementModel,
  signal: AbortSignal,
  onProgress: (received: number, total: number) => void,
): Promise<ModelSource & { from: Blob }> {
  const file = model instanceof Blob ? model : await fetched(SHIPPED[model] ?? new URL(model, document.baseURI).href, signal, onProgress);
  const name = model instanceof File ? model.name : typeof model === 'string' ? model.split(/[?#]/)[0]!.split('/').at(-1)! : 'model';
  return { id: name, title: name, file: name, bytes: file.size, dataset: '', licence: '', source: '', from: file };
}

async function fetched(url: string, signal: AbortSignal, onProgress: (received: number, total: number) => void): Promise<Blob> {
  const name = url.split('/').at(-1)!;
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch {
    if (signal.aborted) throw cancelled();
    throw new EngineError('network', `${name} could not be fetched: the server did not answer.`);
  }
  if (!response.ok || !response.body) throw new EngineError('not-found', `${name} could not be fetched: the server answered ${response.status}.`);
  const total = Number(response.headers.get('content-length')) || 0;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let received = 0;
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(pieces);
    pieces.push(value);
    onProgress((received += value.length), total);
  }
}
