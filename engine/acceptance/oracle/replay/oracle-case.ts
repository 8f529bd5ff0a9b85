/**
 * Cases of the differential suite: requests that are sent to this engine and to a real dockerd, whose answers are then
 * compared. `../README.md` says how to write them.
 */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS' | 'PATCH';

export interface StepOptions {
  /** Sent as JSON; a string or Buffer is sent as it is. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Of the path's prefix; 1.41 (the newest that Debian's dockerd speaks) unless said, '' for none. */
  version?: string;
  /** Names for parts of the answer, by their keys (`{ c: 'Id' }`, `{ c: 'Containers.0.Id' }`): later steps say `{c}` in path or body. */
  save?: Record<string, string>;
  /** `values` unless said. `shape`: keys and types of the body. `status`: status code and headers alone. `nothing`: only that there is an answer. */
  compare?: 'values' | 'shape' | 'status' | 'nothing';
  /** Places that may differ: `body.Id`, `body.*.Created`, `header.etag`; `*` is one key, `**` any number. */
  ignore?: string[];
  /** Repeats the request until this holds of the decoded body and status. */
  until?: (body: unknown, status: number) => boolean;
  /** Asks for an upgrade of the connection, as the docker CLI does. */
  upgrade?: boolean;
  /** Sent after the head of a hijacked answer; then the sending side is closed. */
  stdin?: string;
  /** Cuts the answer off after so many lines: for streams without an end. */
  lines?: number;
  /** Sorts lists of the body by this key before they are compared: for lists without an order. */
  sortBy?: string;
}

export interface Step extends StepOptions {
  method: Method;
  path: string;
}

export interface OracleCase {
  name: string;
  steps: Step[];
}

export interface Noun {
  noun: string;
  cases: OracleCase[];
}

/** @param table by the case's name, the steps in their order. Each case begins without containers, volumes and networks. */
export function cases(noun: string, table: Record<string, (Step | Step[])[]>): Noun {
  return { noun, cases: Object.entries(table).map(([name, steps]) => ({ name, steps: steps.flat() })) };
}

export const get = (path: string, options: StepOptions = {}): Step => ({ method: 'GET', path, ...options });
export const head = (path: string, options: StepOptions = {}): Step => ({ method: 'HEAD', path, ...options });
export const post = (path: string, body?: unknown, options: StepOptions = {}): Step => ({ method: 'POST', path, body, ...options });
export const put = (path: string, body?: unknown, options: StepOptions = {}): Step => ({ method: 'PUT', path, body, ...options });
export const del = (path: string, options: StepOptions = {}): Step => ({ method: 'DELETE', path, ...options });

/** The image that both engines have: a busybox. */
export const image = 'bb:latest';

export const created = (name: string, config: object = {}): Step =>
  post(`/containers/create?name=${name}`, { Image: image, Cmd: ['sleep', '1000'], ...config }, { save: { [name]: 'Id' } });

export const started = (name: string, config: object = {}): Step[] => [created(name, config), post(`/containers/${name}/start`)];

/** A container that has run to its end. */
export const ended = (name: string, config: object = {}): Step[] => [
  ...started(name, { Cmd: ['sh', '-c', 'echo out; echo err >&2; exit 3'], ...config }),
  post(`/containers/${name}/wait`),
];

export const filters = (value: Record<string, string[] | Record<string, boolean>>): string => encodeURIComponent(JSON.stringify(value));
