/** A file of the visitor's as a model of this page. */
import { EngineError, type Answers, type Engine, type ModelEntry } from '../engine';

export const MODEL_ENDINGS = ['.safetensors', '.pth', '.pt', '.onnx', '.gguf'];
/** What the ids of the visitor's own models begin with: no model of any site does. */
export const OWN = 'own-';
/** More than any ResNet in f32: the engine's memory would not hold it. */
const MOST_BYTES = 1e9;

/** What is known of a file besides what is in it. */
export interface Given {
  answers: Answers;
  /** "downloaded from example.org" */
  origin: string;
  /** Its id there. */
  hub: string;
}

export interface Opened {
  entry: ModelEntry & { accuracy?: string };
  /** As the engine reads it. */
  blob: Blob;
}

export function isModelFile(name: string): boolean {
  return MODEL_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}

/** Whatever is wrong with the file is told by an `EngineError` that names it. */
export async function readModel(file: File, _answers: Answers | null, engine: Engine): Promise<Opened> {
  const { name, size } = file;
  if (!/\.gguf$/i.test(name)) {
    throw new EngineError('not-a-model', `“${name}” was not opened: so far this page reads GGUF files that SkipScope wrote, and no other kind of model file.`);
  }
  if (size > MOST_BYTES) throw new EngineError('not-a-model', `“${name}” is larger than any ResNet that this page could run.`);
  const id = newId();
  const entry = { id, title: `“${name}”`, file: name, bytes: size, dataset: '', licence: '', source: '' };
  const net = await engine.load({ ...entry, from: file });
  const { title, dataset, licence, source, accuracy, note } = net.info.card;
  net.dispose();
  return { entry: { ...entry, title, dataset, licence, source, ...(accuracy && { accuracy }), ...(note && { note }) }, blob: file };
}

function newId(): string {
  return OWN + Math.random().toString(36).slice(2, 10).padEnd(8, '0');
}
