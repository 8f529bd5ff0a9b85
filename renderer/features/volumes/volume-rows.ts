import type { Volume } from '../../../contract/engine-api/volume.ts';
import { isUp, type ContainerView } from '../../format/engine/container.ts';

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

/** Running containers that write to it: what they hold in memory is not in its files yet. */
export const writersOf = (row: VolumeRow): VolumeUse[] => row.users.filter((user) => user.isUp && !user.isReadOnly);

/** What can go of what was chosen, and what stays because a container has it. */
export function splitByUse(rows: readonly VolumeRow[]): { going: VolumeRow[]; used: VolumeRow[] } {
  return { going: rows.filter(({ users }) => users.length === 0), used: rows.filter(({ users }) => users.length > 0) };
}

/** Bytes; undefined when none is known. */
export function sizeOf(rows: readonly VolumeRow[]): number | undefined {
  const known = rows.flatMap(({ size }) => (size === undefined ? [] : [size]));
  return known.length === 0 ? undefined : known.reduce((sum, size) => sum + size, 0);
}
