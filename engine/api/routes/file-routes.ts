import type { Readable } from 'node:stream';
import type { FileEntry, FileList, FileOrder } from '../../../contract/engine-api/files.ts';
import { InvalidParameterError } from '../../errors.ts';
import type { Exchange } from '../exchange.ts';
import type { Route } from '../router.ts';

export interface FileOwner {
  kind: 'container' | 'volume';
  name: string;
}

/** The files of one container or volume. */
export interface OwnedFiles {
  list(path: string, options: { sort: FileOrder; descending: boolean; offset: number; limit: number; filter: string }): Promise<FileList>;
  stat(path: string): Promise<FileEntry>;
  read(path: string, range: { offset: number; length: number }): Promise<{ entry: FileEntry; offset: number; bytes: Uint8Array }>;
  open(path: string): Promise<{ entry: FileEntry; stream: Readable }>;
  makeFolder(path: string): Promise<void>;
  rename(path: string, to: string): Promise<void>;
  remove(path: string, recursive: boolean): Promise<void>;
}

export interface FilesBackend {
  /** @throws NotFoundError */
  of(owner: FileOwner): OwnedFiles;
}

const orders: readonly FileOrder[] = ['name', 'size', 'modified', 'kind'];
const mostEntries = 10_000;
/** A preview: whole files travel as archives. */
const mostBytes = 4 * 1024 * 1024;
const statHeader = 'X-Slipway-File-Stat';

/** `/slipway/{containers,volumes}/{name}/files…`: see `docs/api-extensions.md`. */
export function fileRoutes(files: FilesBackend): Route[] {
  return (['container', 'volume'] as const).flatMap((kind): Route[] => {
    const base = `/slipway/${kind}s/{name}/files`;
    const of = (exchange: Exchange) => files.of({ kind, name: exchange.param('name') });
    return [
      {
        method: 'GET',
        path: base,
        async handler(exchange) {
          exchange.answer(200, await of(exchange).list(pathOf(exchange), listOptions(exchange)));
        },
      },
      {
        method: 'GET',
        path: `${base}/stat`,
        async handler(exchange) {
          exchange.answer(200, await of(exchange).stat(pathOf(exchange)));
        },
      },
      {
        method: 'GET',
        path: `${base}/content`,
        async handler(exchange) {
          const range = { offset: within(exchange, 'offset', 0, Number.MAX_SAFE_INTEGER), length: within(exchange, 'length', 64 * 1024, mostBytes) };
          const { entry, bytes } = await of(exchange).read(pathOf(exchange), range);
          exchange.answerBytes(200, bytes, { [statHeader]: Buffer.from(JSON.stringify(entry)).toString('base64') });
        },
      },
      {
        method: 'GET',
        path: `${base}/download`,
        async handler(exchange) {
          const { entry, stream } = await of(exchange).open(pathOf(exchange));
          await exchange.pipe('application/octet-stream', stream, { 'Content-Length': String(entry.Size), [statHeader]: Buffer.from(JSON.stringify(entry)).toString('base64') });
        },
      },
      {
        method: 'POST',
        path: `${base}/folder`,
        async handler(exchange) {
          await of(exchange).makeFolder(pathOf(exchange));
          exchange.answerEmpty(201);
        },
      },
      {
        method: 'POST',
        path: `${base}/rename`,
        async handler(exchange) {
          await of(exchange).rename(pathOf(exchange), pathOf(exchange, 'to'));
          exchange.answerEmpty(204);
        },
      },
      {
        method: 'DELETE',
        path: base,
        async handler(exchange) {
          await of(exchange).remove(pathOf(exchange), exchange.query.flag('recursive'));
          exchange.answerEmpty(204);
        },
      },
    ];
  });
}

function listOptions(exchange: Exchange): Parameters<OwnedFiles['list']>[1] {
  const { query } = exchange;
  const sort = query.text('sort') === '' ? 'name' : query.text('sort');
  if (!orders.includes(sort as FileOrder)) throw new InvalidParameterError(`invalid order "${sort}": one of ${orders.join(', ')} is expected`);
  return {
    sort: sort as FileOrder,
    descending: query.flag('descending'),
    offset: within(exchange, 'offset', 0, Number.MAX_SAFE_INTEGER),
    limit: within(exchange, 'limit', 1000, mostEntries),
    filter: query.text('filter'),
  };
}

function within(exchange: Exchange, name: string, absent: number, most: number): number {
  const value = exchange.query.integer(name) ?? absent;
  if (value < 0 || value > most) throw new InvalidParameterError(`invalid ${name} ${value}: 0 to ${most} is expected`);
  return value;
}

function pathOf(exchange: Exchange, name = 'path'): string {
  const path = exchange.query.text(name);
  if (!path.startsWith('/')) throw new InvalidParameterError(`invalid ${name} "${path}": an absolute path is expected`);
  return path;
}
