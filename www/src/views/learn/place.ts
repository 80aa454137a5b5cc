/** Which lesson is open and at which step, and whose notes for teachers are read. */
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

/** The lesson's name; null: the list of all. */
export const TEACHER: Parameters<{ teacher: string | null }> = {
  teacher: { usual: null, write: (lesson) => lesson, read: (text) => (/^[a-z]+$/.test(text) ? text : null) },
};
