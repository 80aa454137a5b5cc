/** In the place of src/engine/vite/scripts.ts. One thread: without a server there is no shared memory, and no helper to share it with. */
import { addressOf } from './files';

export const scripts = { worker: addressOf('engine.js'), helper: '' };
