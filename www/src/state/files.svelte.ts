/** Files that were chosen, dropped or pasted: models are opened, and one picture is looked at. */
import type { App } from './app.svelte';
import { sorted } from './opening';

export class Files {
  /** What became of the others. */
  note = $state<string | null>(null);

  constructor(private readonly app: App) {}

  /** False: there was none. */
  use(files: Iterable<File> | null | undefined, unnamed = 'picture'): boolean {
    const all = [...(files ?? [])];
    const { models, others: pictures } = sorted(all);
    if (models.length) void this.app.openFiles(all.filter((file) => !pictures.includes(file)));
    const [first] = pictures;
    if (first) {
      const name = first.name || unnamed;
      this.note = pictures.length > 1 ? `Of ${pictures.length} files the first is shown, “${name}”.` : null;
      void this.app.usePicture(first, name);
    }
    return all.length > 0;
  }
}
