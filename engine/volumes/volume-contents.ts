import type { Readable } from 'node:stream';
import type { Volume } from '../../contract/engine-api/volume.ts';
import type { EventSink } from '../containers/collaborators.ts';
import { ConflictError } from '../errors.ts';
import type { FolderMeasure, PathStat } from '../lib/confined/protocol.ts';
import type { FileAccess } from '../lib/files/file-access.ts';
import { backUpVolume } from './backup/backup-volume.ts';
import type { BackupCompression, VolumeBackup } from './backup/backup-volume.ts';
import { restoreVolume } from './backup/restore-volume.ts';
import type { RestoreRequest } from './backup/restore-volume.ts';
import { archiveVolumePath, emptyVolume, extractIntoVolume, measureVolume, volumeFiles } from './volume-files.ts';
import type { VolumeParts } from './volume-view.ts';
import { showVolume } from './volumes.ts';

/** A container that has a volume mounted. */
export interface VolumeUser {
  id: string;
  name: string;
  running: boolean;
  mounts: { destination: string; readOnly: boolean }[];
}

export type DescribeUser = (containerId: string, volume: string) => VolumeUser | undefined;

export interface VolumeUsage extends FolderMeasure {
  users: VolumeUser[];
}

/** What is in volumes: for the window's own endpoints, see `docs/api-extensions.md`. */
export class VolumeContents {
  readonly #parts: VolumeParts;
  readonly #events: EventSink;
  readonly #describeUser: DescribeUser;

  constructor(parts: VolumeParts, events: EventSink, describeUser: DescribeUser) {
    this.#parts = parts;
    this.#events = events;
    this.#describeUser = describeUser;
  }

  files(name: string): FileAccess {
    return volumeFiles(this.#parts, name);
  }

  archive(name: string, path: string): Promise<{ stat: PathStat; stream: Readable }> {
    return archiveVolumePath(this.#parts, name, path);
  }

  extract(name: string, request: Parameters<typeof extractIntoVolume>[2]): Promise<void> {
    return extractIntoVolume(this.#parts, name, request);
  }

  /** Who has it mounted, and what it takes. */
  async usage(name: string): Promise<VolumeUsage> {
    this.#parts.store.get(name);
    return { users: this.#usersOf(name), ...(await measureVolume(this.#parts, name)) };
  }

  /** @throws ConflictError while a container runs with it */
  async empty(name: string): Promise<FolderMeasure> {
    this.#parts.store.get(name);
    const running = this.#usersOf(name).filter((user) => user.running);
    if (running.length > 0) {
      const names = running.map((user) => user.name);
      throw new ConflictError(`empty ${name}: ${names.join(', ')} ${names.length === 1 ? 'runs' : 'run'} with it: stop ${names.length === 1 ? 'it' : 'them'} first`);
    }
    return emptyVolume(this.#parts, name);
  }

  backUp(name: string, compression: BackupCompression): Promise<VolumeBackup> {
    return backUpVolume(this.#parts, name, compression);
  }

  /** @returns the volume, and the name and options that the one had of which the backup is */
  async restore(request: RestoreRequest): Promise<{ volume: Volume; origin: { name: string; options: Record<string, string> } }> {
    const { record, metadata } = await restoreVolume(this.#parts.store, request);
    this.#events.publish('volume', 'create', record.name, { driver: 'local' });
    return { volume: showVolume(this.#parts.store, record), origin: { name: metadata.name, options: metadata.options } };
  }

  #usersOf(name: string): VolumeUser[] {
    return this.#parts.users.of(name).flatMap((id) => this.#describeUser(id, name) ?? []);
  }
}
