/**
 * Errors that are told apart by their kind. It travels as `name`, because that (with the message) is what survives the trip from the
 * worker.
 */
const KINDS = [
  'not-found',
  'truncated',
  'corrupted',
  'network',
  'cancelled',
  'not-a-model',
  'not-a-picture',
  'no-model',
  'no-room',
  'no-store',
  'argument',
  'engine',
  'crashed',
] as const;

export type ErrorKind = (typeof KINDS)[number];

export class EngineError extends Error {
  constructor(
    readonly kind: ErrorKind,
    message: string,
  ) {
    super(message);
    this.name = kind;
  }
}

export function isKind(error: unknown, kind: ErrorKind): boolean {
  return error instanceof Error && error.name === kind;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What came from a worker, or from anywhere, as an error of the engine's. */
export function asEngineError(error: unknown, prefix = '', otherwise: ErrorKind = 'engine'): EngineError {
  if (error instanceof EngineError) return error;
  const kind = error instanceof Error ? KINDS.find((known) => known === error.name) : undefined;
  return kind ? new EngineError(kind, messageOf(error)) : new EngineError(otherwise, prefix + messageOf(error));
}

export function cancelled(what = 'This was cancelled.'): EngineError {
  return new EngineError('cancelled', what);
}

/**
 * Whether an instance of WebAssembly is dead: no destructor ran and its data is as it happened to be. A trap is a RuntimeError;
 * a stack that overflows, or memory that nobody gives, a RangeError (in Firefox an InternalError).
 */
export function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError || (error instanceof Error && error.name === 'InternalError');
}
