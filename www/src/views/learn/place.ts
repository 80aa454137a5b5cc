/** Which lesson is open and at which step, and what is read. */
import type { Parameter } from '../../state/codecs';
import type { Parameters } from '../../state/places.svelte';

export interface At {
  lesson: string;
  /** From 1 on, as it is counted on the screen. */
  step: number;
}

export const LESSON: Parameters<{ lesson: At | null }> = {
  lesson: {
    usual: null,
    write: (at) => at && `${at.lesson}.${at.step}`,
    read(text) {
      const [, lesson, step] = /^([a-z]+)\.(\d{1,2})$/.exec(text) ?? [];
      return lesson && Number(step) > 0 ? { lesson, step: Number(step) } : null;
    },
  },
};

const name: Parameter<string | null> = { usual: null, write: (value) => value, read: (text) => (/^[a-z]+$/.test(text) ? text : null) };

/** What is read in the tab: a lesson's notes for teachers, a guide, or neither, which is the list of all. */
export const READ: Parameters<{ teacher: string | null; guide: string | null }> = { teacher: name, guide: name };
