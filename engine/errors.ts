/**
 * Every error that the engine throws on purpose has a kind; `api/http-status.ts` alone turns kinds into status codes.
 * Messages are what a client prints: they name the object and follow moby's wording where a client greps for it.
 */
export type ErrorKind =
  | 'not-found'
  | 'conflict'
  | 'invalid-parameter'
  | 'not-modified'
  | 'forbidden'
  | 'unauthorized'
  | 'unavailable'
  | 'not-implemented'
  | 'internal';

export class EngineError extends Error {
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.kind = kind;
  }
}

export class NotFoundError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('not-found', message, options);
  }
}

export class ConflictError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('conflict', message, options);
  }
}

export class InvalidParameterError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('invalid-parameter', message, options);
  }
}

/** The container is already in the state asked for: 304 without a body. */
export class NotModifiedError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('not-modified', message, options);
  }
}

export class ForbiddenError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('forbidden', message, options);
  }
}

export class UnauthorizedError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('unauthorized', message, options);
  }
}

export class UnavailableError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('unavailable', message, options);
  }
}

export class NotImplementedError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('not-implemented', message, options);
  }
}

export class InternalError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super('internal', message, options);
  }
}

/** The words of an unknown thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
