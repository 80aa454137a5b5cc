/** Where this site's own files are. In the build of one file (single/) another module takes this one's place: there they are in the document. */

/** Everything is in one document, and nothing is fetched: no benchmark, no downloads, and only the models that have room. */
export const ONE_FILE: boolean = false;

/** For the page itself. */
export const siteFile = (path: string): string => new URL(path, document.baseURI).href;

/** For a worker, whose addresses are relative to its own. */
export const fileForWorkers = (path: string): string | Blob => siteFile(path);
