/** The package in Node: the engine in the thread that calls, files read from disk, pictures decoded by the command line's decoder. */
import { createLoad } from './load';
import { node } from './node-home';

export const load = createLoad(node);
export type * from './api';
export { SkipScopeError, type ErrorKind } from './api';
