/** What the things taken away are called and captioned. */
import type { RunResult } from '../../engine';
import { cropWords, lesionWords } from '../../export/names';

declare const __VERSION__: string;

/** Does something for the visitor; says what was done, or what went wrong. */
export type Attempt = (what: () => void | string | Promise<void | string>) => void;

export const SOFTWARE = `SkipScope ${__VERSION__}`;

export function captionOf({ model, picture, crop, lesion }: RunResult, cropped: boolean): string[] {
  const parts = [model.card.title, `picture: ${picture.name}${cropped ? `, ${cropWords(crop)}` : ''}`, lesionWords(lesion), `made with ${SOFTWARE}`];
  return [`${parts.join(' · ')}.`];
}
