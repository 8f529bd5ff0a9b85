import { create } from 'zustand';
import type { DiskSurvey } from '../../contract/engine-api/disk.ts';
import type { DiskUsageResponse } from '../../contract/engine-api/system.ts';
import { asFailure, callEngine, type IpcFailure } from '../api.ts';
import { coalesce } from './coalesce.ts';

/** What takes space and how much of it can go without touching a volume or a running container. Bytes. */
export interface DiskGlance {
  images: number;
  imagesCanGo: number;
  containers: number;
  containersCanGo: number;
  volumes: number;
  buildCache: number;
  /** Of the file system that holds it all, where the engine tells it. */
  whole: { size: number; free: number } | undefined;
}

export interface DiskGlanceState {
  glance: DiskGlance | undefined;
  failure: IpcFailure | undefined;
}

export const useDiskGlance = create<DiskGlanceState>(() => ({ glance: undefined, failure: undefined }));

/** The engine walks through all it has, so this is asked when someone looks. */
export const readDiskGlance = coalesce(async () => {
  try {
    useDiskGlance.setState({ glance: await read(), failure: undefined });
  } catch (error) {
    useDiskGlance.setState({ failure: asFailure(error) });
  }
}, 3000);

async function read(): Promise<DiskGlance> {
  try {
    return glanceOfSurvey(await callEngine('system.disk', {}));
  } catch (error) {
    if (asFailure(error).status !== 404) throw error;
    // Another engine: it tells less, and by Docker's own count.
    return glanceOfUsage(await callEngine('system.df', {}));
  }
}

export function glanceOfSurvey({ FileSystem, Images, Containers, Volumes, BuildCache, CleanUps }: DiskSurvey): DiskGlance {
  const sizeOf = ({ Size, OtherSize }: { Size: number; OtherSize: number }): number => Size + OtherSize;
  return {
    images: Images.Size + Images.BlobSize,
    imagesCanGo: sizeOf(CleanUps['images-unused']),
    containers: Containers.Size + Containers.LogSize,
    containersCanGo: sizeOf(CleanUps.containers),
    volumes: Volumes.Size,
    buildCache: BuildCache.Size,
    whole: { size: FileSystem.Size, free: FileSystem.Free },
  };
}

export function glanceOfUsage({ LayersSize, Images, Containers }: DiskUsageResponse): DiskGlance {
  const sum = <T>(items: readonly T[] | null, of: (item: T) => number): number => (items ?? []).reduce((total, item) => total + Math.max(0, of(item)), 0);
  const stopped = (Containers ?? []).filter(({ State }) => State !== 'running' && State !== 'paused' && State !== 'restarting');
  return {
    images: LayersSize,
    imagesCanGo: sum(Images, (image) => (image.Containers === 0 ? image.Size - Math.max(0, image.SharedSize) : 0)),
    containers: sum(Containers, ({ SizeRw = 0 }) => SizeRw),
    containersCanGo: sum(stopped, ({ SizeRw = 0 }) => SizeRw),
    volumes: 0,
    buildCache: 0,
    whole: undefined,
  };
}

/** Below a tenth and below 5 GB: the next pull may be the one that fails. */
export const isDiskLow = ({ whole }: DiskGlance): boolean => whole !== undefined && whole.size > 0 && whole.free < whole.size / 10 && whole.free < 5e9;
