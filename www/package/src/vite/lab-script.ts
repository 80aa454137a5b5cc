/** The lab's worker, a file like any other. */
export default new URL('./lab-worker.js', import.meta.url).href;
