import type { ContainerCreateRequest } from '../../../contract/engine-api/container.ts';
import type { IpcRequestChannel, IpcRequests, IpcStreamChannel, IpcStreams, Settings } from '../../../contract/ipc.ts';
import { Failure } from '../../failure.ts';
import { checkSettingsChange } from '../../settings/settings-shape.ts';
import { boolean, bytes, either, integer, listOf, matching, nothing, object, oneOf, optional, record, text, type Check } from './check.ts';
import { operationRequest } from './operation-params.ts';
import { containerId, containerName, imageId } from './references.ts';

const signal = matching(/^(?:SIG)?[A-Z0-9+-]{1,12}$/, 'the name or number of a signal');
const acceleration = optional(oneOf('auto', 'none'));
const size = integer(0, Number.MAX_SAFE_INTEGER);
/** A proposal for a dialog or a download; no path. */
const fileName = matching(/^[^/\\\0-\x1f\x7f]{1,200}$/, 'the name of a file without folders');
/** A page of the window, as its address spells it. */
const place = matching(/^#\/[\x21-\x7e]{0,512}$/, 'the address of a page');
const registryServer = matching(/^(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/, 'the host of a registry, with its port where it has one');
const columns = integer(1, 4096);
const rows = integer(1, 4096);

/** May be empty. */
const said = (longest: number): Check<string> => (value, name) => (value === '' ? '' : text(longest)(value, name));

const createRequest: Check<ContainerCreateRequest> = (value, name) => {
  const request = record(value, name);
  text(512)(request['Image'], `${name}.Image`);
  // The engine checks the other fields, with the messages that the docker CLI gets as well.
  return request as ContainerCreateRequest;
};

/** What may come in from the window, channel by channel. A channel without a check does not compile. */
export const requestParams: { [C in IpcRequestChannel]: Check<IpcRequests[C]['params']> } = {
  'app/facts': nothing,
  'app/notify': object<IpcRequests['app/notify']['params']>({ title: text(256), body: said(1024), place }),
  'app/open-url': object<{ url: string }>({ url: webAddress }),
  'app/host-port': object<{ port: number }>({ port: integer(1, 65_535) }),
  'app/folders': object<{ path?: string }>({ path: optional(text(4096)) }),
  'app/pick-folder': nothing,
  'settings/get': nothing,
  'settings/change': (value): Partial<Settings> => checkSettingsChange(value),
  'settings/certificates': object<{ paths: string[] }>({ paths: listOf(text(4096), 64) }),
  'vm/state': nothing,
  'vm/start': object<IpcRequests['vm/start']['params']>({ acceleration }),
  'vm/stop': nothing,
  'vm/suspend': nothing,
  'vm/recover': object<IpcRequests['vm/recover']['params']>({ action: oneOf('rebuild-image', 'reset-data-disk') }),
  'troubleshoot/check': nothing,
  'troubleshoot/starts': nothing,
  'data/archives': object<{ folder: string }>({ folder: text(4096) }),
  'engine/info': nothing,
  'containers/list': nothing,
  'containers/inspect': object<{ id: string }>({ id: containerId }),
  'containers/run': object<IpcRequests['containers/run']['params']>({ name: optional(containerName), platform: optional(text(64)), request: createRequest, start: optional(boolean) }),
  'containers/start': object<{ id: string }>({ id: containerId }),
  'containers/stop': object<{ id: string }>({ id: containerId }),
  'containers/restart': object<{ id: string }>({ id: containerId }),
  'containers/kill': object<IpcRequests['containers/kill']['params']>({ id: containerId, signal: optional(signal) }),
  'containers/pause': object<{ id: string }>({ id: containerId }),
  'containers/unpause': object<{ id: string }>({ id: containerId }),
  'containers/remove': object<IpcRequests['containers/remove']['params']>({ id: containerId, force: optional(boolean), volumes: optional(boolean) }),
  'images/list': nothing,
  'images/inspect': object<{ id: string }>({ id: imageId }),
  'images/remove': object<IpcRequests['images/remove']['params']>({ id: imageId, force: optional(boolean) }),
  'registries/accounts': nothing,
  'registries/sign-in': object<IpcRequests['registries/sign-in']['params']>({ server: registryServer, username: text(256), password: text(16 * 1024) }),
  'registries/sign-out': object<{ server: string }>({ server: registryServer }),
  'stats/history': object<{ id?: string }>({ id: optional(containerId) }),
  'engine/call': operationRequest('json'),
};

export const streamParams: { [C in IpcStreamChannel]: Check<IpcStreams[C]['params']> } = {
  'containers/logs': object<IpcStreams['containers/logs']['params']>({
    id: containerId,
    follow: boolean,
    tail: either(oneOf('all'), integer(0, 10_000_000)),
    timestamps: boolean,
    since: optional(matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/, 'a time as in RFC 3339')),
  }),
  'containers/terminal': object<IpcStreams['containers/terminal']['params']>({
    id: containerId,
    command: optional(listOf(text(64 * 1024), 1024)),
    shell: optional(matching(/^\/?[\w.+-]+(?:\/[\w.+-]+)*$/, 'the name of a shell or its absolute path')),
    user: optional(text(256)),
    columns,
    rows,
  }),
  'stats/watch': object<{ everyMs: number }>({ everyMs: integer(1000, 60_000) }),
  'images/pull': object<IpcStreams['images/pull']['params']>({ reference: imageId, platform: optional(text(64)) }),
  'images/load': object<IpcStreams['images/load']['params']>({ name: text(1024), size }),
  'engine/lines': operationRequest('lines'),
  'engine/bytes': operationRequest('bytes'),
  'engine/upload': withField(operationRequest('upload'), 'size', optional(size)),
  'troubleshoot/bundle': nothing,
  'data/export': object<IpcStreams['data/export']['params']>({ folder: text(4096), name: fileName }),
  'data/import': object<IpcStreams['data/import']['params']>({ path: text(4096) }),
  'engine/download': withField(operationRequest('bytes'), 'fileName', fileName),
};

const noUp: Check<never> = () => {
  throw new Failure('invalid', 'The window sends nothing in this stream.');
};

/** What the window may send inside a stream. */
export const streamUps: { [C in IpcStreamChannel]: Check<IpcStreams[C]['up']> } = {
  'containers/logs': noUp,
  'containers/terminal': either(bytes, object<{ type: 'resize'; columns: number; rows: number }>({ type: oneOf('resize'), columns, rows })),
  'stats/watch': noUp,
  'images/pull': noUp,
  'images/load': either(bytes, object<{ type: 'end' }>({ type: oneOf('end') })),
  'engine/lines': noUp,
  'engine/bytes': noUp,
  'engine/upload': either(bytes, object<{ type: 'end' }>({ type: oneOf('end') })),
  'engine/download': noUp,
  'troubleshoot/bundle': noUp,
  'data/export': noUp,
  'data/import': noUp,
};

/** A checked request with one field more. */
function withField<T extends object, N extends string, F>(check: Check<T>, field: N, checkField: Check<F>): Check<T & { [name in N]: F }> {
  return (value, name) => {
    const { [field]: own, ...rest } = record(value, name);
    const checked = checkField(own, `${name}.${field}`);
    return { ...check(rest, name), ...(checked === undefined ? {} : { [field]: checked }) } as T & { [name in N]: F };
  };
}

/** An absolute http(s) address, as the URL parser writes it. */
function webAddress(value: unknown, name: string): string {
  const address = text(4096)(value, name);
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return matching(/^https?:\/\//, 'an http or https address')(url?.href, name);
}
