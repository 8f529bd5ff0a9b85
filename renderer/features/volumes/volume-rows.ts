import type { Volume } from '../../../contract/engine-api/volume.ts';
import { isUp, type ContainerView } from '../../format/engine/container.ts';
import { compareNames } from '../../i18n/intl.ts';

export interface VolumeUse {
  id: string;
  name: string;
  isUp: boolean;
  destination: string;
  isReadOnly: boolean;
}

export interface VolumeRow {
  name: string;
  volume: Volume;
  users: VolumeUse[];
  /** undefined while it is not known. */
  size: number | undefined;
  /** Unix seconds; 0 when it is not known. */
  created: number;
  /** Made for one container, without a name of its own. */
  isAnonymous: boolean;
  /** What is in it lies elsewhere: `nfs`, `tmpfs`, a folder. */
  mounts: string;
}

export type VolumeSort = 'name' | 'size' | 'created' | 'users';

export function volumeRows(volumes: readonly Volume[], containers: readonly ContainerView[], sizes: Readonly<Record<string, number>>): VolumeRow[] {
  const users = new Map<string, VolumeUse[]>();
  for (const { id, name, condition, summary } of containers) {
    for (const mount of summary.Mounts ?? []) {
      if (mount.Type !== 'volume' || mount.Name === undefined) continue;
      users.set(mount.Name, [...(users.get(mount.Name) ?? []), { id, name, isUp: isUp(condition), destination: mount.Destination, isReadOnly: !mount.RW }]);
    }
  }
  return volumes.map((volume) => ({
    name: volume.Name,
    volume,
    users: users.get(volume.Name) ?? [],
    size: sizes[volume.Name],
    created: Math.floor(Date.parse(volume.CreatedAt ?? '') / 1000) || 0,
    isAnonymous: volume.Labels !== null && 'com.docker.volume.anonymous' in volume.Labels,
    mounts: volume.Options === null ? '' : (volume.Options.type ?? volume.Options.device ?? ''),
  }));
}

export function matchesVolume({ name, users }: VolumeRow, filter: string): boolean {
  const wanted = filter.trim().toLowerCase();
  return name.toLowerCase().includes(wanted) || users.some((user) => user.name.toLowerCase().includes(wanted));
}

export function sortVolumes(rows: readonly VolumeRow[], sort: VolumeSort, isDescending: boolean): VolumeRow[] {
  const value = { size: (row: VolumeRow) => row.size ?? -1, created: (row: VolumeRow) => row.created, users: (row: VolumeRow) => row.users.length };
  return [...rows].sort((a, b) => (sort === 'name' ? compareNames(a.name, b.name) : value[sort](a) - value[sort](b)) * (isDescending ? -1 : 1) || compareNames(a.name, b.name));
}
