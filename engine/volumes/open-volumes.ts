import { dataPaths, type EngineConfig } from '../config.ts';
import type { EventSink, ImageSource, StoredMount } from '../containers/collaborators.ts';
import type { Snapshotter } from '../snapshots/snapshotter.ts';
import type { HostFolders } from './collaborators.ts';
import { VolumeContents } from './volume-contents.ts';
import type { DescribeUser } from './volume-contents.ts';
import { VolumeMountSource } from './mount-source.ts';
import { VolumeMounter } from './volume-mounter.ts';
import { VolumeStore } from './volume-store.ts';
import { VolumeUsers } from './volume-users.ts';
import { Volumes } from './volumes.ts';

export interface VolumeOptions {
  config: Pick<EngineConfig, 'root' | 'execRoot' | 'hostFolders' | 'socket'>;
  hostFolders?: HostFolders;
  events: EventSink;
  log: (line: string) => void;
  /** Mounts of another container, for `--volumes-from`. @throws NotFoundError */
  mountsOf: (reference: string) => StoredMount[];
  /** A container that uses a volume, for those who want to know. */
  describeUser: DescribeUser;
  /** For mounts of images. */
  images: ImageSource;
  snapshots: Snapshotter;
}

/** `mounts.adopt` must be called for every container on record before the API answers. */
export async function openVolumes(options: VolumeOptions): Promise<{ volumes: Volumes; contents: VolumeContents; mounts: VolumeMountSource }> {
  const { config, hostFolders, events, log, mountsOf, describeUser, images, snapshots } = options;
  const { volumes, volumeRecords, formerVolumes } = dataPaths(config);
  const store = await VolumeStore.open({ records: volumeRecords, data: volumes, former: formerVolumes }, log);
  const users = new VolumeUsers();
  const mounter = new VolumeMounter(store);
  return {
    volumes: new Volumes(store, users, events),
    contents: new VolumeContents({ store, users, mounter }, events, describeUser),
    mounts: new VolumeMountSource({ store, users, mounter, images, snapshots, config, hostFolders, events, mountsOf }),
  };
}
