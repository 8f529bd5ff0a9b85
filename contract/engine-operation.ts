/**
 * One call of the Docker Engine API (or of this engine's own `/slipway/` part) that the window may make, as a row of
 * {@link import('./engine-operations.ts').engineOperations}. `P` and `A` are types only: what it takes and what it answers.
 */
export interface Operation<P, A, K extends OperationKind> {
  method: string;
  /** With `{id}` (container, network, volume, exec) and `{image}` (a reference, slashes allowed) in the place of parameters. */
  path: string;
  /** Parameters that go into the query. */
  query: readonly string[];
  kind: K;
  readonly types?: { params: P; answer: A };
}

/**
 * - `json`: one JSON answer, or none (204).
 * - `lines`: a stream of JSON objects, one a line; a line `{"error": …}` is its failure.
 * - `bytes`: a stream of bytes, to the window or to a file.
 * - `upload`: bytes go up, JSON lines (or nothing) come down.
 */
export type OperationKind = 'json' | 'lines' | 'bytes' | 'upload';

/** Besides path and query: `body` is sent as JSON, `auth` as the header `X-Registry-Auth` (base64url of JSON). */
export type OperationParams = Record<string, unknown>;

/** `POST /containers/{id}/rename?name`: method, path, and the names of the query's parameters. */
function parse(call: string): { method: string; path: string; query: readonly string[] } {
  const [method = '', target = ''] = call.split(' ');
  const [path = '', query = ''] = target.split('?');
  return { method, path, query: query === '' ? [] : query.split('&') };
}

export const json = <P, A = undefined>(call: string): Operation<P, A, 'json'> => ({ ...parse(call), kind: 'json' });
export const lines = <P, A>(call: string): Operation<P, A, 'lines'> => ({ ...parse(call), kind: 'lines' });
export const bytes = <P>(call: string): Operation<P, Uint8Array, 'bytes'> => ({ ...parse(call), kind: 'bytes' });
export const upload = <P, A = undefined>(call: string): Operation<P, A, 'upload'> => ({ ...parse(call), kind: 'upload' });

/** The path with its parameters in their places, as the command strip shows it. Not escaped for a request. */
export function shownPath({ path }: { path: string }, params: OperationParams): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''));
}
