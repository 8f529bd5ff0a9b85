import { statfs } from 'node:fs/promises';
import type { CleanUp, CleanUpItem, DiskSurvey } from '../../contract/engine-api/disk.ts';
import type { ContainerDisk } from '../containers/disk.ts';
import type { ImageService } from '../images/image-service.ts';
import type { PrunePlan } from '../images/prune-plan.ts';
import type { VolumeDisk } from '../volumes/volumes.ts';

export interface DiskSources {
  /** The engine's data root. */
  root: string;
  images: Pick<ImageService, 'list' | 'layersSize' | 'blobsSize' | 'planPrune'>;
  containers(): Promise<ContainerDisk[]>;
  volumes(): Promise<VolumeDisk[]>;
}

/** `GET /slipway/disk`: what takes space, and what each clean-up would remove now. */
export async function diskSurvey({ root, images, ...sources }: DiskSources): Promise<DiskSurvey> {
  const [fileSystem, rows, containers, volumes] = await Promise.all([statfs(root), images.list({ all: true, sharedSize: true }), sources.containers(), sources.volumes()]);
  const stopped = containers.filter(({ canGo }) => canGo);
  const unused = volumes.filter(({ canGo }) => canGo);
  const containersGone = cleanContainers(stopped);
  const afterwards = cleanImages(images.planPrune({ dangling: false, without: new Set(stopped.map(({ id }) => id)) }));
  return {
    FileSystem: { Size: fileSystem.blocks * fileSystem.bsize, Free: fileSystem.bavail * fileSystem.bsize },
    Images: {
      Size: images.layersSize(),
      BlobSize: images.blobsSize(),
      Items: rows.map(({ Id, RepoTags, RepoDigests, Size, SharedSize, Containers }) => ({ Id, Names: RepoTags?.length ? RepoTags : (RepoDigests ?? []), Size, SharedSize, Containers })),
    },
    Containers: {
      Size: sum(containers, ({ bytes }) => bytes),
      LogSize: sum(containers, ({ logBytes }) => logBytes),
      Items: containers.map(({ id, name, image, state, bytes, logBytes }) => ({ Id: id, Name: name, Image: image, State: state, Size: bytes, LogSize: logBytes })),
    },
    Volumes: {
      Size: sum(volumes, ({ bytes }) => bytes),
      Items: volumes.map(({ name, bytes, users, anonymous, isPlain }) => ({ Name: name, Size: bytes, Users: users, Anonymous: anonymous, Mounted: !isPlain })),
    },
    BuildCache: { Size: 0 },
    CleanUps: {
      containers: containersGone,
      'images-dangling': cleanImages(images.planPrune({ dangling: true })),
      'images-unused': cleanImages(images.planPrune({ dangling: false })),
      'volumes-anonymous': cleanVolumes(unused.filter(({ anonymous }) => anonymous)),
      'volumes-unused': cleanVolumes(unused),
      all: { Size: containersGone.Size + afterwards.Size, OtherSize: containersGone.OtherSize + afterwards.OtherSize, Items: [...containersGone.Items, ...afterwards.Items] },
    },
  };
}

function cleanContainers(containers: readonly ContainerDisk[]): CleanUp {
  return {
    Size: sum(containers, ({ bytes }) => bytes),
    OtherSize: sum(containers, ({ logBytes }) => logBytes),
    Items: containers.map(({ id, name, bytes }): CleanUpItem => ({ Kind: 'container', Id: id, Names: [name], Size: bytes })),
  };
}

function cleanImages({ bytes, blobBytes, images }: PrunePlan): CleanUp {
  return { Size: bytes, OtherSize: blobBytes, Items: images.map((image): CleanUpItem => ({ Kind: 'image', Id: image.id, Names: image.names, Size: image.bytes })) };
}

function cleanVolumes(volumes: readonly VolumeDisk[]): CleanUp {
  return {
    Size: sum(volumes, ({ bytes }) => bytes),
    OtherSize: 0,
    Items: volumes.map(({ name, bytes }): CleanUpItem => ({ Kind: 'volume', Id: name, Names: [name], Size: bytes })),
  };
}

function sum<T>(items: readonly T[], size: (item: T) => number): number {
  return items.reduce((total, item) => total + size(item), 0);
}
