/** The pictures that come with the page. */
import { siteFile } from '../site';

/** Nets that were trained on the same pictures: what is a lesson for the one means nothing to the other. */
export type Family = 'imagenet' | 'cifar' | 'lab' | 'own';

/** Where nothing is known yet, it is ImageNet; of what the visitor opened nobody can say. */
export function familyOf(dataset: string): Family {
  if (dataset.startsWith('CIFAR')) return 'cifar';
  if (dataset.startsWith('shapes and textures')) return 'lab'; // trained in the page
  return dataset === '' || dataset.startsWith('ImageNet') ? 'imagenet' : 'own';
}

/** Where a family has no class for what the picture shows. */
const NO_CLASS = 'CIFAR-10 has no class for this: its nets are wrong whatever they answer, and however sure they are.';
const NO_PHOTOS = 'This net has learnt shapes and textures alone: of a photo it can say nothing true.';
const UNTOLD = 'The file of this net does not say what it was trained on: whether its answer is right is for you to judge.';
const ELSE = { imagenet: NO_CLASS, cifar: NO_CLASS, lab: NO_PHOTOS, own: UNTOLD } as const;

export function lessonOf({ lessons }: Sample, family: Family): string {
  return lessons[family] ?? ELSE[family];
}

/** What suits the family first, the others after, each in their order. */
export function offered(samples: Sample[], family: Family): { sample: Sample; index: number }[] {
  const all = samples.map((sample, index) => ({ sample, index }));
  return [...all.filter(({ sample }) => sample.suits.includes(family)), ...all.filter(({ sample }) => !sample.suits.includes(family))];
}

export interface Sample {
  id: string;
  file: string;
  title: string;
  credit: string;
  licence: string;
  /** Samples of a group follow each other. */
  group: string;
  /** Whose nets have a class for it, or show something with it: there it is offered first. */
  suits: Family[];
  /** What to look for, in a sentence that is true of that family's nets. */
  lessons: Partial<Record<Family, string>>;
  /** The likeliest class by net, where a sentence says so. */
  answers: Record<string, string>;
}

const FOLDER = 'samples/';

/** All samples, small and square, side by side in their order. */
export const thumbnails = (): string => siteFile(`${FOLDER}thumbnails.jpg`);

export async function readSamples(): Promise<Sample[]> {
  const response = await fetch(siteFile(`${FOLDER}samples.json`));
  if (!response.ok) return [];
  return ((await response.json()) as { samples: Sample[] }).samples;
}

export function sampleUrl({ file }: Sample): string {
  return siteFile(FOLDER + file);
}
