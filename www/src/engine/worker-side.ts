/** What others may import who write a worker that a `WorkerHandle` holds: its half of a call, and the errors that survive the trip. */
export { during, report, serve } from './calls';
export type { HandedFile } from './handed';
export { hasher } from './hash';
export { asEngineError, EngineError, isTrap, messageOf } from './errors';
