/**
 * What every IPC request answers with. Errors cross a process hop as data, never as a thrown object whose class is lost
 * on the way; the window turns them back into words with {@link IpcError.hint} as the next step.
 */
export type IpcResult<T> = { ok: true; value: T } | { ok: false; error: IpcError };

/**
 * - `invalid`: the request itself is wrong (bad parameters, malformed reference).
 * - `not-found`, `conflict`: the engine says so (HTTP 404, 409).
 * - `unavailable`: nothing is wrong with the request, but VM or engine cannot answer now.
 * - `refused`: the sender may not ask (foreign frame, missing token).
 * - `cancelled`: the person or the window took the request back.
 * - `internal`: a fault of ours or of the engine (HTTP 5xx).
 */
export type IpcErrorKind = 'invalid' | 'not-found' | 'conflict' | 'unavailable' | 'refused' | 'cancelled' | 'internal';

export interface IpcError {
  kind: IpcErrorKind;
  /** What failed and on what, in one sentence fit to be shown. */
  message: string;
  /** What to try next, in one sentence fit to be shown. */
  hint?: string;
  /** HTTP status of the engine's answer, when the engine answered. */
  status?: number;
}
