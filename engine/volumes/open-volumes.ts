import type { MountPoint } from '../../contract/engine-api/container.ts';
import { dataPaths, type EngineConfig } from '../config.ts';
import type { EventSink } from '../containers/collaborators.ts';
import { VolumeMountSource } from './mount-source.ts';
import { VolumeStore } from './volume-store.ts';
import { VolumeUsers } from './volume-users.ts';
import { Volumes } from './volumes.ts';

export interface VolumeOptions {
  config: Pick<EngineConfig, 'root' | 'execRoot' | 'hostFolders' | 'socket'>;
  events: EventSink;
  log: (line: string) => void;
  /** Mounts of another container, for `--volumes-from`. @throws NotFoundError */
  mountsOf: (reference: string) => MountPoint[];
}

/** `mounts.adopt` must be called for every container on record before the API answers. */
export async function openVolumes(options: VolumeOptions): Promise<{ volumes: Volumes; mounts: VolumeMountSource }> {
  const { config, events, log, mountsOf } = options;
  const store = await VolumeStore.open(dataPaths(config).volumes, log);
  const users = new VolumeUsers();
  return { volumes: new Volumes(store, users, events), mounts: new VolumeMountSource({ store, users, config, events, mountsOf }) };
}
