import type { Readable } from 'node:stream';
import type { Volume } from '../../../contract/engine-api/volume.ts';
import { InvalidParameterError } from '../../errors.ts';
import type { Exchange } from '../exchange.ts';
import type { Route } from '../router.ts';

interface Measure {
  bytes: number;
  files: number;
  folders: number;
}

export interface VolumeContentsBackend {
  archive(name: string, path: string): Promise<{ stat: object; stream: Readable }>;
  extract(name: string, request: { path: string; noOverwriteDirNonDir: boolean; archive: Readable; signal: AbortSignal }): Promise<void>;
  usage(name: string): Promise<Measure & { users: { id: string; name: string; running: boolean; mounts: { destination: string; readOnly: boolean }[] }[] }>;
  empty(name: string): Promise<Measure>;
  backUp(name: string, compression: 'zstd' | 'gzip' | 'none'): Promise<{ stream: Readable; fileName: string }>;
  restore(request: { name: string; backup: Readable; signal: AbortSignal }): Promise<{ volume: Volume; origin: { name: string; options: Record<string, string> } }>;
}

const tarType = 'application/x-tar';
const statHeader = 'X-Docker-Container-Path-Stat';

/** `/slipway/volumes/{name}/…` but for files one by one: see `docs/api-extensions.md`. */
export function volumeContentRoutes(contents: VolumeContentsBackend): Route[] {
  const named = (exchange: Exchange) => exchange.param('name');
  return [
    {
      method: 'GET',
      path: '/slipway/volumes/{name}/archive',
      async handler(exchange) {
        const { stat, stream } = await contents.archive(named(exchange), pathOf(exchange));
        await exchange.pipe(tarType, stream, { [statHeader]: Buffer.from(JSON.stringify(stat)).toString('base64') });
      },
    },
    {
      method: 'PUT',
      path: '/slipway/volumes/{name}/archive',
      async handler(exchange) {
        const { query, body: archive, signal } = exchange;
        await contents.extract(named(exchange), { path: pathOf(exchange), noOverwriteDirNonDir: query.flag('noOverwriteDirNonDir'), archive, signal });
        exchange.answerEmpty(200);
      },
    },
    {
      method: 'GET',
      path: '/slipway/volumes/{name}/usage',
      async handler(exchange) {
        const { bytes, files, folders, users } = await contents.usage(named(exchange));
        exchange.answer(200, {
          Size: bytes,
          Files: files,
          Folders: folders,
          Users: users.map(({ id, name, running, mounts }) => ({ Id: id, Name: name, Running: running, Mounts: mounts.map(({ destination, readOnly }) => ({ Destination: destination, ReadOnly: readOnly })) })),
        });
      },
    },
    {
      method: 'POST',
      path: '/slipway/volumes/{name}/empty',
      async handler(exchange) {
        const { bytes, files, folders } = await contents.empty(named(exchange));
        exchange.answer(200, { Size: bytes, Files: files, Folders: folders });
      },
    },
    {
      method: 'GET',
      path: '/slipway/volumes/{name}/backup',
      async handler(exchange) {
        const { stream, fileName } = await contents.backUp(named(exchange), compressionOf(exchange));
        // A volume's name is made of letters, digits and `_.-`: it needs no quoting.
        await exchange.pipe('application/octet-stream', stream, { 'Content-Disposition': `attachment; filename="${fileName}"` });
      },
    },
    {
      method: 'POST',
      path: '/slipway/volumes/restore',
      async handler(exchange) {
        const { volume, origin } = await contents.restore({ name: exchange.query.text('name'), backup: exchange.bodyToStopIn, signal: exchange.signal });
        exchange.answer(201, { Volume: volume, Origin: { Name: origin.name, Options: origin.options } });
      },
    },
  ];
}

function compressionOf(exchange: Exchange): 'zstd' | 'gzip' | 'none' {
  const text = exchange.query.text('compression');
  if (text === '') return 'zstd';
  if (text === 'zstd' || text === 'gzip' || text === 'none') return text;
  throw new InvalidParameterError(`invalid compression "${text}": zstd, gzip or none is expected`);
}

/** The root where it is left out. */
function pathOf(exchange: Exchange): string {
  const path = exchange.query.text('path') || '/';
  if (!path.startsWith('/')) throw new InvalidParameterError(`invalid path "${path}": an absolute path is expected`);
  return path;
}
