/** Where the lab's worker is. */
import { scriptOf } from './files';

export default await scriptOf('lab.js', 'lab.wasm');
