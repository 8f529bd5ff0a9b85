import type { DiskSurvey } from '../../../contract/engine-api/disk.ts';
import type { EventMessage } from '../../../contract/engine-api/event.ts';
import type { OperationName } from '../../../contract/engine-operations.ts';
import { idOf } from './sample.ts';

const none = { Size: 0, OtherSize: 0, Items: [] };
const survey: DiskSurvey = {
  FileSystem: { Size: 34.4e9, Free: 20.9e9 },
  Images: { Size: 4.9e9, BlobSize: 1.9e9, Items: [] },
  Containers: { Size: 0.4e9, LogSize: 0.11e9, Items: [] },
  Volumes: { Size: 2.4e9, Items: [] },
  BuildCache: { Size: 0 },
  CleanUps: {
    containers: { Size: 0.31e9, OtherSize: 0.05e9, Items: [] }, 'images-dangling': none, 'images-unused': { Size: 1.1e9, OtherSize: 0.3e9, Items: [] },
    'volumes-anonymous': none, 'volumes-unused': none, all: { Size: 1.41e9, OtherSize: 0.35e9, Items: [] },
  },
};

export const fullDisk: DiskSurvey = { ...survey, FileSystem: { Size: 34.4e9, Free: 1.3e9 } };

const event = (Type: EventMessage['Type'], Action: string, secondsAgo: number, ID: string, Attributes: Record<string, string> = {}): EventMessage => {
  const at = Date.now() - secondsAgo * 1000;
  return { Type, Action, Actor: { ID, Attributes }, scope: 'local', time: Math.floor(at / 1000), timeNano: at * 1e6 };
};
const about = (name: string, fields: Record<string, string> = {}): [string, Record<string, string>] => [idOf(name), { name, ...fields }];

/** What Home asks the engine for. */
export const homeOperations: Partial<Record<OperationName, unknown>> = {
  'system.disk': survey,
  'system.events': [
    event('image', 'pull', 61_000, 'postgres:17.2', { name: 'postgres' }),
    event('volume', 'create', 11_600, 'shop_api-cache', { driver: 'local' }),
    event('container', 'start', 11_500, ...about('shop-api-1')),
    event('container', 'destroy', 5400, ...about('pg-scratch-old')),
    event('image', 'tag', 4100, `sha256:${idOf('shop-worker:dev')}`, { name: 'shop-worker:dev' }),
    event('container', 'die', 1900, ...about('shop-api-1', { exitCode: '0' })),
    event('container', 'stop', 1899, ...about('shop-api-1')),
    event('container', 'start', 1898, ...about('shop-api-1')),
    event('container', 'restart', 1897, ...about('shop-api-1')),
    event('container', 'health_status: unhealthy', 700, ...about('shop-search-1')),
    event('container', 'oom', 4, ...about('shop-worker-1')),
  ],
};
