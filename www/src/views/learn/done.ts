/** Which lessons the visitor has come to the end of. A browser may refuse to remember. */
const KEY = 'skipscope-lessons';

export function lessonsDone(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

export function lessonDone(id: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([...new Set([...lessonsDone(), id])]));
  } catch {
    // Then there is no mark.
  }
}
