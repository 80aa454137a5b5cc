/**
 * Errors that the page tells apart. The kind travels as `name`, because that (with the message) is what survives the trip
 * from the worker.
 */
export type ErrorKind =
  | 'not-found'
  | 'truncated'
  | 'corrupted'
  | 'network'
  | 'cancelled'
  | 'not-a-model'
  | 'not-a-picture'
  | 'no-model'
  | 'engine'
  | 'crashed';

export class EngineError extends Error {
  constructor(kind: ErrorKind, message: string) {
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
