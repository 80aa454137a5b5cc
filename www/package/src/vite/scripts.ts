/**
 * The workers' scripts as files like any other: each is whole in itself, so that a bundler has only to bring it along. Written as
 * `new Worker(new URL(...))` it would be bundled anew, which Vite and webpack do each with options of their own.
 */
export const scripts = {
  worker: new URL('./worker.js', import.meta.url).href,
  helper: new URL('./helper.js', import.meta.url).href,
};
