import { randomBytes } from 'node:crypto';
import type { RootView } from '../lib/confined/protocol.ts';
import { ConflictError } from '../errors.ts';
import type { VolumeMounter } from './volume-mounter.ts';
import type { VolumeRecord } from './volume-record.ts';
import type { VolumeStore } from './volume-store.ts';
import type { VolumeUsers } from './volume-users.ts';

export interface VolumeParts {
  store: VolumeStore;
  users: VolumeUsers;
  mounter: VolumeMounter;
}

/** A volume that stays and stays mounted until it is released. */
export interface HeldVolume {
  record: VolumeRecord;
  view: RootView;
  release: () => Promise<void>;
}

/**
 * Opens a volume for the engine's own work on its files.
 * @param options.work keeps the volume from being removed meanwhile, and tells why: `it is being backed up`; null where that is no harm
 * @throws NotFoundError; InternalError when it is a mount of something else that cannot be mounted
 */
export async function holdVolume({ store, users, mounter }: VolumeParts, name: string, options: { work: string | null; readOnly: boolean }): Promise<HeldVolume> {
  const record = store.get(name);
  const key = `files-${randomBytes(8).toString('hex')}`;
  const done = options.work === null ? () => undefined : users.beginWork(name, options.work);
  try {
    await mounter.mount(record, key);
  } catch (error) {
    done();
    throw error;
  }
  let held = true;
  const release = async () => {
    if (!held) return;
    held = false;
    done();
    await mounter.unmount(key);
  };
  return { record, view: { root: store.pathOf(name), mounts: [], readOnly: options.readOnly }, release };
}

/** @throws ConflictError when the engine itself works on the volume's files */
export function expectNoWork({ users }: Pick<VolumeParts, 'users'>, name: string, verb: string): void {
  const work = users.workOn(name);
  if (work !== undefined) throw new ConflictError(`${verb} ${name}: ${work}: wait until that has ended`);
}
