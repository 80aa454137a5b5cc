/** In the place of src/site.ts. */
import { addressOf, fileOf } from './files';

export const ONE_FILE: boolean = true;
export const siteFile = addressOf;
export const fileForWorkers = (path: string): string | Blob => fileOf(path);
