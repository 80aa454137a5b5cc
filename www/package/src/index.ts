/** The package in a browser. */
import { createLoad } from './load';
import { browser } from './browser';

export const load = createLoad(browser);
export type * from './api';
export { SkipScopeError, type ErrorKind } from './api';
