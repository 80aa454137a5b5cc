/** Files that were chosen, dropped or pasted: one is looked at. */
import type { App } from './app.svelte';

export class Files {
  /** What became of the others. */
  note = $state<string | null>(null);

  constructor(private readonly app: App) {}

  /** False: there was none. */
  use(files: FileList | null | undefined, unnamed = 'picture'): boolean {
    const first = files?.[0];
    if (!first) return false;
    const name = first.name || unnamed;
    this.note = files.length > 1 ? `Of ${files.length} files the first is shown, “${name}”.` : null;
    void this.app.usePicture(first, name);
    return true;
  }
}
