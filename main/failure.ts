import type { IpcError, IpcErrorKind } from '../contract/ipc-result.ts';

/**
 * An error of `main` that is fit to be shown: it carries what {@link IpcError} carries. Everything else that is thrown
 * reaches the window as `internal`.
 */
export class Failure extends Error {
  readonly kind: IpcErrorKind;
  readonly hint: string | undefined;
  readonly status: number | undefined;

  constructor(kind: IpcErrorKind, message: string, options: { hint?: string; status?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.kind = kind;
    this.hint = options.hint;
    this.status = options.status;
  }
}

/** The envelope of any thrown value. Unknown errors keep their message, never their stack. */
export function toIpcError(error: unknown): IpcError {
  if (!(error instanceof Failure)) return { kind: 'internal', message: messageOf(error) };
  return {
    kind: error.kind,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.status === undefined ? {} : { status: error.status }),
  };
}

/** The words of an unknown thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
