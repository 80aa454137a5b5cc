/** The package's types: a browser and Node have the same. */
import type { Load } from './api';

export type * from './api';
export { SkipScopeError, type ErrorKind } from './api';
export declare const load: Load;
