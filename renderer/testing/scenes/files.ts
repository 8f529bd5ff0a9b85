import type { CleanUp, DiskSurvey } from '../../../contract/engine-api/disk.ts';
import type { FileEntry, FileList } from '../../../contract/engine-api/files.ts';
import type { Volume } from '../../../contract/engine-api/volume.ts';
import { idOf, images } from './sample.ts';

const entry = (Name: string, Kind: FileEntry['Kind'], Size = 0, more: Partial<FileEntry> = {}): FileEntry => ({
  Name, NameIsText: true, Kind, Size, Mode: Kind === 'folder' ? 0o755 : 0o644, Uid: 1000, Gid: 1000, User: 'node', Group: 'node', Modified: '2026-11-20T14:02:09Z', Target: '', TargetKind: null, ...more,
});

const listOf = (Entries: FileEntry[], Path = '/'): FileList => ({ Path, Folder: entry('/', 'folder', 0, { Uid: 0, Gid: 0, User: 'root', Group: 'root' }), Entries, Total: Entries.length, Offset: 0 });

const files = listOf([
  entry('node_modules', 'folder'),
  entry('public', 'folder'),
  entry('src', 'folder', 0, { Mode: 0o2775 }),
  entry('.env', 'file', 212, { Mode: 0o600 }),
  entry('current', 'link', 9, { Target: 'releases/14', TargetKind: 'folder' }),
  entry('debug.log', 'file', 48_213_004),
  entry('package.json', 'file', 1204),
  entry('run.sock', 'socket'),
  entry('server.js', 'file', 61, { Mode: 0o755 }),
]);

export const hostileFiles = listOf([
  entry('"><img src=x onerror=alert(1)>\u202egnp.exe', 'file', 61),
  entry('two\nlines', 'file', 12, { User: '<b>root</b>' }),
  entry('a\ufffdb', 'file', 3, { NameIsText: false }),
  entry('x'.repeat(240), 'link', 9, { Target: '../../../../etc/passwd' }),
]);

const volume = (Name: string, more: Partial<Volume> = {}): Volume => ({
  Name, Driver: 'local', Mountpoint: `/var/lib/slipway/volumes/${Name}/_data`, CreatedAt: '2026-11-02T09:14:00Z', Labels: { 'com.docker.compose.project': 'shop' }, Scope: 'local', Options: null, ...more,
});

const volumes = [
  volume('shop_db-data'),
  volume('shop_api-cache'),
  volume('scratch', { Labels: null, CreatedAt: '2026-11-24T17:40:00Z' }),
  volume('media', { Labels: null, Options: { type: 'nfs', o: 'addr=10.0.0.4,rw', device: ':/export/media' } }),
  volume('9f41c20be7d34a0b9e6633c177d0f5a4c118e02b8d7719af1b7ca6ed2f0ac6a8', { Labels: { 'com.docker.volume.anonymous': '' } }),
];
const sizes: Record<string, number> = { 'shop_db-data': 1_204_113_408, 'shop_api-cache': 88_120_331, scratch: 4_321, [volumes[4]!.Name]: 61_203 };

const cleanUp = (Kind: 'container' | 'image' | 'volume', items: [names: string[], size: number][], OtherSize = 0): CleanUp => ({
  Size: items.reduce((sum, [, size]) => sum + size, 0),
  OtherSize,
  Items: items.map(([Names, Size], index) => ({ Kind, Id: Names[0] ?? `sha256:${String(index).repeat(64)}`, Names, Size })),
});

const stopped = cleanUp('container', [[['migrate'], 20_480], [['etl-draft'], 1_204_224]], 88_123);
const unusedImages = cleanUp('image', [[['golang:1.23', 'golang:latest'], 801_223_117], [[], 12_204_991], [['alpine:3.20'], 7_800_331]], 312_004_113);

const survey: DiskSurvey = {
  FileSystem: { Size: 32e9, Free: 24.1e9 },
  Images: {
    Size: 3_104_221_893,
    BlobSize: 1_204_881_233,
    Items: images.map(({ Id, RepoTags, Size }, index) => ({ Id, Names: RepoTags, Size, SharedSize: index % 3 === 0 ? Math.round(Size / 3) : 0, Containers: index % 4 })),
  },
  Containers: {
    Size: 61_204_480,
    LogSize: 204_881_002,
    Items: [
      { Id: idOf('shop-api-1'), Name: 'shop-api-1', Image: 'shop-api:dev', State: 'running', Size: 41_204_480, LogSize: 184_000_118 },
      { Id: idOf('migrate'), Name: 'migrate', Image: 'shop-api:dev', State: 'exited', Size: 20_480, LogSize: 88_123 },
    ],
  },
  Volumes: { Size: 1_292_299_263, Items: volumes.map(({ Name, Options }, index) => ({ Name, Size: sizes[Name] ?? 0, Users: index < 2 ? 1 : 0, Anonymous: index === 4, Mounted: Options !== null })) },
  BuildCache: { Size: 0 },
  CleanUps: {
    containers: stopped,
    'images-dangling': cleanUp('image', [[[], 12_204_991]], 4_113_002),
    'images-unused': unusedImages,
    'volumes-anonymous': cleanUp('volume', [[[volumes[4]!.Name], 61_203]]),
    'volumes-unused': cleanUp('volume', [[['scratch'], 4_321], [[volumes[4]!.Name], 61_203]]),
    all: { Size: stopped.Size + unusedImages.Size, OtherSize: stopped.OtherSize + unusedImages.OtherSize, Items: [...stopped.Items, ...unusedImages.Items] },
  },
};

/** What the engine answers about files, volumes and the disk. */
export const fileOperations = {
  'containers.files': files,
  'volumes.files': files,
  'containers.fileContent': new TextEncoder().encode("require('http').createServer(app).listen(8080); // <b>not bold</b>\n"),
  'volumes.list': { Volumes: volumes, Warnings: null },
  'system.df': { LayersSize: images.reduce((sum, { Size, SharedSize }) => sum + Size - Math.max(0, SharedSize), 264e6), Images: null, Containers: null, Volumes: volumes.map((one) => ({ ...one, UsageData: { Size: sizes[one.Name] ?? -1, RefCount: 0 } })), BuildCache: null },
  'system.disk': survey,
  'containers.changes': [
    { Path: '/app', Kind: 0 },
    { Path: '/app/server.log', Kind: 1 },
    { Path: '/app/tmp', Kind: 1 },
    { Path: '/app/tmp/upload-1', Kind: 1 },
    { Path: '/etc', Kind: 0 },
    { Path: '/etc/motd', Kind: 2 },
    { Path: '/root', Kind: 0 },
    { Path: '/root/.ash_history', Kind: 0 },
    { Path: '/usr', Kind: 0 },
    { Path: '/usr/lib', Kind: 0 },
    ...Array.from({ length: 120 }, (_, index) => ({ Path: `/usr/lib/cache-${index}`, Kind: 1 })),
  ],
};
