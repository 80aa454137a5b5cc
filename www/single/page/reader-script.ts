/** Where the worker is that reads other formats. */
import { scriptOf } from './files';

export default await scriptOf('reader.js', 'reader.wasm');
