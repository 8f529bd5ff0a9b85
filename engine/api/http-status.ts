import { EngineError, messageOf } from '../errors.ts';
import type { ErrorKind } from '../errors.ts';

/** The one table from kinds of error to status codes. */
const statusOfKind: Record<ErrorKind, number> = {
  'not-modified': 304,
  'invalid-parameter': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  internal: 500,
  'not-implemented': 501,
  unavailable: 503,
};

/** A body or header above the limit. Not an engine's error: it is refused before anything is parsed. */
export class TooLargeError extends Error {}

export function statusOf(error: unknown): number {
  if (error instanceof TooLargeError) return 413;
  return error instanceof EngineError ? statusOfKind[error.kind] : 500;
}

export function errorBody(error: unknown): { message: string } {
  return { message: messageOf(error) };
}
