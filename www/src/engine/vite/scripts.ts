/** Where the workers' scripts are. */
import helper from '../helper.ts?worker&url';
import worker from '../worker.ts?worker&url';

export const scripts = { worker, helper };
