/** A file of the visitor's as a model of this page. */
import { EngineError, type Engine, type ErrorKind, type ModelEntry } from '../engine';
import type { Answers, ModelRecord } from '../models';
import type { Answered, Reader } from '../foreign';
import type { Asking } from './asking.svelte';

export const MODEL_ENDINGS = ['.safetensors', '.pth', '.pt', '.onnx', '.gguf'];
/** What ONNX' exporters call a file of weights that lies beside the graph. */
const BESIDE = /\.(data|onnx_data|bin|weights)$/i;
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

/** A model, and the files that lie beside it. */
export type ModelFiles = readonly [file: File, ...beside: File[]];

export interface Opened {
  entry: ModelEntry & { accuracy?: string };
  /** As the engine reads it. */
  blob: Blob;
}

export interface Means {
  engine: Engine;
  reader: Reader;
  asking: Asking;
  /** How much of the model file there is: 0 to 1. */
  onProgress?: (done: number) => void;
  signal?: AbortSignal;
}

export function isModelFile(name: string): boolean {
  return MODEL_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}

/** The models among some files, each with what may belong to it; and all others. */
export function sorted(files: readonly File[]): { models: ModelFiles[]; others: File[] } {
  const belongs = ({ name }: File) => BESIDE.test(name) && files.some((other) => /\.onnx$/i.test(other.name));
  const beside = files.filter(belongs);
  const models = files.filter(({ name }) => isModelFile(name)).map((file): ModelFiles => [file, ...(/\.onnx$/i.test(file.name) ? beside : [])]);
  return { models, others: files.filter((file) => !isModelFile(file.name) && !belongs(file)) };
}

/** Whatever is wrong with the file is told by an `EngineError` that names it. Null: the visitor thought better of it. */
export async function readModel(files: ModelFiles, answers: Answers | null, means: Means): Promise<Opened | null> {
  const [{ name, size }] = files;
  if (size > MOST_BYTES) throw new EngineError('not-a-model', `“${name}” is larger than any ResNet that this page could run.`);
  try {
    return await ((await isGguf(files[0])) ? ownFile(files[0], means) : foreign(files, answers, means));
  } catch (error) {
    if (!(error instanceof EngineError) || error.name === 'cancelled' || error.message.includes(name)) throw error;
    throw new EngineError(error.name as ErrorKind, `“${name}”: ${error.message}`);
  }
}

/** Told by its first bytes: people rename files. */
async function isGguf(file: Blob): Promise<boolean> {
  return (await file.slice(0, 4).text()) === 'GGUF';
}

async function ownFile(file: File, { engine }: Means): Promise<Opened> {
  const entry = { id: newId(), title: `“${file.name}”`, file: file.name, bytes: file.size, dataset: '', licence: '', source: '' };
  const net = await engine.load({ ...entry, from: file });
  const { title, dataset, licence, source, accuracy, note } = net.info.card;
  net.dispose();
  return { entry: { ...entry, title, dataset, licence, source, ...(accuracy && { accuracy }), ...(note && { note }) }, blob: file };
}

async function foreign(files: ModelFiles, answers: Answers | null, { reader, asking, onProgress, signal }: Means): Promise<Opened | null> {
  const [{ name }] = files;
  const facts = await reader.lookInto(files, signal);
  const said = answers ? known(answers) : await asking.ask(name, facts);
  if (!said) return null;
  const id = newId();
  const all = facts.parameters * Float32Array.BYTES_PER_ELEMENT;
  const written = await reader.write(files, { ...said, id }, 'f32', { signal, onProgress: (bytes) => onProgress?.(Math.min(1, bytes / all)) });
  return { entry: { id, file: name, bytes: written.size, ...inWords(said) }, blob: written };
}

/** A kept model under other answers: its record, and the model file that says so. Null: the visitor thought better of it. */
export async function retold(
  record: ModelRecord,
  kept: Blob,
  { reader, asking, signal }: Omit<Means, 'engine'>,
): Promise<{ record: ModelRecord; blob: Blob } | null> {
  const facts = await reader.lookInto([kept], signal);
  const told = /\.onnx$/i.test(record.file); // the graph said where it strides, and what is added
  const said = await asking.ask(record.title, told ? { ...facts, asks_stride: false, asks_plain: false } : facts);
  if (!said) return null;
  const blob = await reader.write([kept], { ...said, id: record.id }, null, { signal });
  const { accuracy: _, note: __, ...rest } = record;
  return { record: { ...rest, ...inWords(said), bytes: blob.size, version: (record.version ?? 0) + 1 }, blob };
}

/** What of the answers a list of models says. */
function inWords({ title, dataset = '', licence = '', source = '', accuracy = '', note = '' }: Answered) {
  return { title, dataset, licence, source, ...(accuracy && { accuracy }), ...(note && { note }) };
}

/** What is known of a file that comes from where its facts are listed. */
function known({ labels, inputSide, resizeSide, interpolation: _, ...rest }: Answers): Answered {
  const of = labels === 'imagenet' ? { label_set: labels } : { labels };
  return { ...rest, ...of, id: '', input_side: inputSide, resize_side: resizeSide, stride_in_1x1: false, plain: false };
}

function newId(): string {
  return OWN + Math.random().toString(36).slice(2, 10).padEnd(8, '0');
}
