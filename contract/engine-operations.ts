import type { ContainerUpdateRequest, ContainerUpdateResponse } from './engine-api/container.ts';
import type { DiskSurvey } from './engine-api/disk.ts';
import type { EventMessage } from './engine-api/event.ts';
import type { FileList, FileOrder, VolumeUsage } from './engine-api/files.ts';
import type { ImagePruneReport, SearchResult } from './engine-api/image.ts';
import type { EndpointSettings, Network } from './engine-api/network.ts';
import type { ProgressMessage } from './engine-api/progress.ts';
import type { UsageReport } from './engine-api/usage.ts';
import type { DiskUsageResponse, VersionResponse } from './engine-api/system.ts';
import type { LogSearchRequest, LogState } from './engine-api/log-view.ts';
import type { Volume, VolumeListResponse } from './engine-api/volume.ts';
import { bytes, json, lines, upload, type OperationKind } from './engine-operation.ts';

/** Docker's filters: name → values. */
export type Filters = Record<string, string[]>;
interface Id {
  id: string;
}
interface FileQuery {
  sort?: FileOrder;
  descending?: boolean;
  offset?: number;
  limit?: number;
  filter?: string;
}
interface Image {
  image: string;
}

interface LogSources {
  container: string[];
}

/**
 * Every call to the engine that the window can make, besides those with a channel of their own in `ipc.ts`. Closed: what is not here does not
 * compile in the window and is refused in `main`. A row is enough to add one (docs/window.md).
 */
export const engineOperations = {
  'system.version': json<object, VersionResponse>('GET /version'),
  'system.events': lines<{ since: string; until: string; filters?: Filters }, EventMessage>('GET /events?since&until&filters'),
  'system.df': json<{ type?: string[] }, DiskUsageResponse>('GET /system/df?type'),

  // This engine's own, absent on others: docs/api-extensions.md.
  'system.extensions': json<object, { Extensions: Record<string, number> }>('GET /slipway'),
  'logs.state': lines<LogSources & { follow?: boolean; levels?: boolean }, LogState>('GET /slipway/logs/state?container&follow&levels'),
  'logs.lines': bytes<LogSources & { from?: number; tail?: number; time?: string; line?: string; before?: number; count?: number; follow?: boolean }>(
    'GET /slipway/logs/lines?container&from&tail&time&line&before&count&follow',
  ),
  /** All of it as text, to be kept. */
  'logs.text': bytes<LogSources & { format: 'text' }>('GET /slipway/logs/lines?container&format'),
  'logs.pick': bytes<{ body: { Containers: string[]; Lines: [number, number][] } }>('POST /slipway/logs/lines'),
  'logs.search': bytes<{ body: LogSearchRequest }>('POST /slipway/logs/search'),
  'logs.map': json<LogSources & { buckets: number }, { Counted: number; Lines: number[]; Errors: number[]; Warnings: number[] }>('GET /slipway/logs/map?container&buckets'),

  'containers.top': json<Id & { ps_args?: string }, { Titles: string[]; Processes: string[][] | null }>('GET /containers/{id}/top?ps_args'),
  'containers.changes': json<Id, { Path: string; Kind: 0 | 1 | 2 }[] | null>('GET /containers/{id}/changes'),
  'containers.rename': json<Id & { name: string }>('POST /containers/{id}/rename?name'),
  'containers.update': json<Id & { body: ContainerUpdateRequest }, ContainerUpdateResponse>('POST /containers/{id}/update'),
  'containers.prune': json<{ filters?: Filters }, { ContainersDeleted: string[] | null; SpaceReclaimed: number }>('POST /containers/prune?filters'),
  'containers.commit': json<{ container: string; repo?: string; tag?: string; comment?: string; author?: string; pause?: boolean; changes?: string }, { Id: string }>(
    'POST /commit?container&repo&tag&comment&author&pause&changes',
  ),
  'containers.stats': lines<Id, object>('GET /containers/{id}/stats'),
  'containers.statsOnce': json<Id & { stream: false; 'one-shot': true }, object>('GET /containers/{id}/stats?stream&one-shot'),
  'stats.all': json<object, UsageReport>('GET /slipway/stats'),
  'containers.export': bytes<Id>('GET /containers/{id}/export'),
  'containers.archive': bytes<Id & { path: string }>('GET /containers/{id}/archive?path'),
  'containers.putArchive': upload<Id & { path: string; noOverwriteDirNonDir?: boolean; copyUIDGID?: boolean }>('PUT /containers/{id}/archive?path&noOverwriteDirNonDir&copyUIDGID'),

  'containers.files': json<Id & { path: string } & FileQuery, FileList>('GET /slipway/containers/{id}/files?path&sort&descending&offset&limit&filter'),
  'containers.fileContent': bytes<Id & { path: string; offset?: number; length?: number }>('GET /slipway/containers/{id}/files/content?path&offset&length'),
  'containers.fileDownload': bytes<Id & { path: string }>('GET /slipway/containers/{id}/files/download?path'),
  'containers.makeFolder': json<Id & { path: string }>('POST /slipway/containers/{id}/files/folder?path'),
  'containers.renameFile': json<Id & { path: string; to: string }>('POST /slipway/containers/{id}/files/rename?path&to'),
  'containers.removeFile': json<Id & { path: string; recursive?: boolean }>('DELETE /slipway/containers/{id}/files?path&recursive'),

  'images.history': json<Image, { Id: string; Created: number; CreatedBy: string; Tags: string[] | null; Size: number; Comment: string }[]>('GET /images/{image}/history'),
  'images.tag': json<Image & { repo: string; tag?: string }>('POST /images/{image}/tag?repo&tag'),
  'images.prune': json<{ filters?: Filters }, ImagePruneReport>('POST /images/prune?filters'),
  'images.search': json<{ term: string; limit?: number; filters?: Filters }, SearchResult[]>('GET /images/search?term&limit&filters'),
  'images.push': lines<Image & { tag?: string; auth?: string }, ProgressMessage>('POST /images/{image}/push?tag'),
  'images.save': bytes<{ names: string[] }>('GET /images/get?names'),
  'images.load': upload<{ quiet?: boolean }, ProgressMessage>('POST /images/load?quiet'),

  'networks.list': json<{ filters?: Filters }, Network[]>('GET /networks?filters'),
  'networks.inspect': json<Id, Network>('GET /networks/{id}'),
  'networks.create': json<{ body: object }, { Id: string; Warning: string }>('POST /networks/create'),
  'networks.remove': json<Id>('DELETE /networks/{id}'),
  'networks.connect': json<Id & { body: { Container: string; EndpointConfig?: EndpointSettings } }>('POST /networks/{id}/connect'),
  'networks.disconnect': json<Id & { body: { Container: string; Force?: boolean } }>('POST /networks/{id}/disconnect'),
  'networks.prune': json<{ filters?: Filters }, { NetworksDeleted: string[] | null }>('POST /networks/prune?filters'),

  'volumes.list': json<{ filters?: Filters }, VolumeListResponse>('GET /volumes?filters'),
  'volumes.inspect': json<Id, Volume>('GET /volumes/{id}'),
  'volumes.create': json<{ body: { Name?: string; Driver?: string; DriverOpts?: Record<string, string>; Labels?: Record<string, string> } }, Volume>('POST /volumes/create'),
  'volumes.remove': json<Id & { force?: boolean }>('DELETE /volumes/{id}?force'),
  'volumes.prune': json<{ filters?: Filters }, { VolumesDeleted: string[] | null; SpaceReclaimed: number }>('POST /volumes/prune?filters'),
  'volumes.files': json<Id & { path: string } & FileQuery, FileList>('GET /slipway/volumes/{id}/files?path&sort&descending&offset&limit&filter'),
  'volumes.fileContent': bytes<Id & { path: string; offset?: number; length?: number }>('GET /slipway/volumes/{id}/files/content?path&offset&length'),
  'volumes.fileDownload': bytes<Id & { path: string }>('GET /slipway/volumes/{id}/files/download?path'),
  'volumes.makeFolder': json<Id & { path: string }>('POST /slipway/volumes/{id}/files/folder?path'),
  'volumes.renameFile': json<Id & { path: string; to: string }>('POST /slipway/volumes/{id}/files/rename?path&to'),
  'volumes.removeFile': json<Id & { path: string; recursive?: boolean }>('DELETE /slipway/volumes/{id}/files?path&recursive'),
  'volumes.archive': bytes<Id & { path: string }>('GET /slipway/volumes/{id}/archive?path'),
  'volumes.putArchive': upload<Id & { path: string; noOverwriteDirNonDir?: boolean }>('PUT /slipway/volumes/{id}/archive?path&noOverwriteDirNonDir'),
  'volumes.usage': json<Id, VolumeUsage>('GET /slipway/volumes/{id}/usage'),
  'volumes.empty': json<Id, { Size: number; Files: number; Folders: number }>('POST /slipway/volumes/{id}/empty'),
  'volumes.backup': bytes<Id & { compression?: 'zstd' | 'gzip' | 'none' }>('GET /slipway/volumes/{id}/backup?compression'),
  'volumes.restore': upload<{ name?: string }, { Volume: Volume; Origin: { Name: string; Options: Record<string, string> } }>('POST /slipway/volumes/restore?name'),

  /** Whether a registry accepts an account. @throws with the registry's words */
  'registries.login': json<{ body: { username: string; password: string; serveraddress: string } }, { Status: string }>('POST /auth'),
  'registries.add': json<{ body: { Insecure: string[]; Mirrors: string[] } }>('PUT /slipway/registries'),

  'system.defaults': json<{ body: object }>('PUT /slipway/defaults'),
  'system.disk': json<object, DiskSurvey>('GET /slipway/disk'),
} as const;

type Operations = typeof engineOperations;
export type OperationName = keyof Operations;
export type ParamsOf<O extends OperationName> = NonNullable<Operations[O]['types']>['params'];
export type AnswerOf<O extends OperationName> = NonNullable<Operations[O]['types']>['answer'];
/** The names of one kind. */
export type OperationOf<K extends OperationKind> = { [O in OperationName]: Operations[O]['kind'] extends K ? O : never }[OperationName];
