/** The pictures of this visit: samples, fetched once, and the visitor's own, which never leave the machine. */
import { EngineError } from '../engine/errors';
import type { Picture } from '../engine/types';

export interface Sample {
  id: string;
  file: string;
  title: string;
  credit: string;
  licence: string;
  /** Samples of a group follow each other. */
  group: string;
  /** What to look for, in a sentence. */
  lesson: string;
}

const FOLDER = new URL('samples/', document.baseURI).href;
const samples = new Map<string, Picture>();
const own = new Map<number, Picture>();
let count = 0;

/** All samples, small and square, side by side in their order. */
export const THUMBNAILS = `${FOLDER}thumbnails.jpg`;

export async function readSamples(): Promise<Sample[]> {
  const response = await fetch(`${FOLDER}samples.json`);
  if (!response.ok) return []; // the page works without them
  return ((await response.json()) as { samples: Sample[] }).samples;
}

export function sampleUrl(sample: Sample): string {
  return FOLDER + sample.file;
}

export async function fetchSample(sample: Sample): Promise<Picture> {
  const kept = samples.get(sample.id);
  if (kept) return kept;
  const response = await fetch(sampleUrl(sample)).catch(() => null);
  if (!response?.ok) throw new EngineError('network', `The sample “${sample.title}” could not be fetched.`);
  const picture = { id: ++count, name: sample.title, blob: await response.blob() };
  samples.set(sample.id, picture);
  return picture;
}

export function addOwn(blob: Blob, name: string): Picture {
  const picture = { id: ++count, name, blob };
  own.set(picture.id, picture);
  return picture;
}

export function ownPicture(id: number): Picture | undefined {
  return own.get(id);
}

/** The picture as it was given: what a view needs to show all of it. Frames of a camera are not kept. */
export function pictureBlob(id: number): Blob | null {
  const picture = own.get(id) ?? [...samples.values()].find((sample) => sample.id === id);
  return picture?.blob instanceof Blob ? picture.blob : null;
}
