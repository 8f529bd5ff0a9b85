import type { VolumeUser } from '../../volumes/volume-contents.ts';
import type { Container } from '../container.ts';
import { isRunning } from '../container.ts';

/** A container as a user of a volume; undefined when it is none. */
export function volumeUser(container: Container | undefined, volume: string): VolumeUser | undefined {
  if (container === undefined) return undefined;
  const { id, record, state } = container;
  const mounts = record.mounts.flatMap((mount) => (mount.Type === 'volume' && mount.Name === volume ? [{ destination: mount.Destination, readOnly: !mount.RW }] : []));
  // The docker CLI sends the `-v` of one line in any order.
  mounts.sort((a, b) => (a.destination < b.destination ? -1 : 1));
  return { id, name: record.name, running: isRunning(state) || state.status === 'restarting', mounts };
}
