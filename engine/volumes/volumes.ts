import type { Volume } from '../../contract/engine-api/volume.ts';
import type { EventSink } from '../containers/collaborators.ts';
import { ConflictError, InvalidParameterError, NotFoundError } from '../errors.ts';
import { folderSize } from './folder-size.ts';
import { checkVolumeOptions } from './volume-options.ts';
import type { VolumeRecord } from './volume-record.ts';
import { checkName } from './volume-store.ts';
import type { VolumeStore } from './volume-store.ts';
import { expectNoWork } from './volume-view.ts';
import type { VolumeUsers } from './volume-users.ts';

/** Body of `POST /volumes/create`. Source: swagger `VolumeCreateOptions`. */
export interface VolumeCreateRequest {
  Name?: string;
  Driver?: string;
  DriverOpts?: Record<string, string> | null;
  Labels?: Record<string, string> | null;
}

export interface VolumeDisk {
  name: string;
  /** 0 for one that is a mount of something else. */
  bytes: number;
  /** How many containers have it mounted. */
  users: number;
  anonymous: boolean;
  isPlain: boolean;
  /** Whether `docker volume prune --all` removes it; without `--all` it takes anonymous ones alone. */
  canGo: boolean;
}

const knownFilters = ['name', 'driver', 'label', 'dangling'];
const pruneFilters = ['label', 'label!', 'all'];

/** Volumes as clients see and change them. */
export class Volumes {
  readonly #store: VolumeStore;
  readonly #users: VolumeUsers;
  readonly #events: EventSink;

  constructor(store: VolumeStore, users: VolumeUsers, events: EventSink) {
    this.#store = store;
    this.#users = users;
    this.#events = events;
  }

  /** @throws InvalidParameterError `Invalid filter 'foo'` */
  list(filters: Record<string, string[]> = {}): Promise<Volume[]> {
    const unknown = Object.keys(filters).find((name) => !knownFilters.includes(name));
    if (unknown !== undefined) throw new InvalidParameterError(`Invalid filter '${unknown}'`);
    const records = this.#store.list().filter((record) => this.#matches(record, filters));
    return Promise.resolve(records.map((record) => this.#show(record)));
  }

  inspect(name: string): Promise<Volume> {
    return Promise.resolve(this.#show(this.#store.get(name)));
  }

  /** Idempotent: a name that is there already answers its volume. */
  async create(request: VolumeCreateRequest): Promise<Volume> {
    const name = request.Name ?? '';
    checkDriver(request.Driver, `create ${name}: `);
    if (name !== '') checkName(name);
    const options = request.DriverOpts ?? {};
    checkVolumeOptions(name, options);
    const { record, isNew } = await this.#store.create(name, { labels: request.Labels ?? {}, options });
    if (isNew) this.#events.publish('volume', 'create', record.name, { driver: 'local' });
    return this.#show(record);
  }

  /** @throws ConflictError `remove vv: volume is in use - [id]`, NotFoundError unless forced. */
  async remove(name: string, force: boolean): Promise<void> {
    if (this.#store.find(name) === undefined) {
      if (force) return;
      throw new NotFoundError(`get ${name}: no such volume`);
    }
    const users = this.#users.of(name);
    if (users.length > 0) throw new ConflictError(`remove ${name}: volume is in use - [${users.join(', ')}]`);
    expectNoWork({ users: this.#users }, name, 'remove');
    await this.#store.delete(name);
    this.#events.publish('volume', 'destroy', name, { driver: 'local' });
  }

  /**
   * Removes volumes that no container uses. Those that are mounts of something else stay, as in moby.
   * @param filters `label`, `label!`, and `all`: not only anonymous ones. @throws InvalidParameterError for others
   */
  async prune(filters: Record<string, string[]>, signal: AbortSignal): Promise<{ VolumesDeleted: string[]; SpaceReclaimed: number }> {
    const unknown = Object.keys(filters).find((name) => !pruneFilters.includes(name));
    if (unknown !== undefined) throw new InvalidParameterError(`invalid filter '${unknown}'`);
    const all = (filters.all ?? []).some((value) => readBoolean('all', value));
    const { label = [], 'label!': notLabel = [] } = filters;
    const deleted: string[] = [];
    let reclaimed = 0;
    for (const { name, anonymous, labels, options } of this.#store.list()) {
      if (signal.aborted) break;
      if ((!all && !anonymous) || Object.keys(options).length > 0) continue;
      if (!label.every((wanted) => hasLabel(labels, wanted)) || notLabel.some((wanted) => hasLabel(labels, wanted))) continue;
      if (this.#users.of(name).length > 0) continue;
      const bytes = await folderSize(this.#store.pathOf(name));
      // A container may have come to use it while it was measured, or somebody else removed it.
      if (this.#users.of(name).length > 0 || this.#users.workOn(name) !== undefined || this.#store.find(name) === undefined) continue;
      await this.#store.delete(name);
      this.#events.publish('volume', 'destroy', name, { driver: 'local' });
      deleted.push(name);
      reclaimed += bytes;
    }
    this.#events.publish('volume', 'prune', '', { reclaimed: String(reclaimed) });
    return { VolumesDeleted: deleted, SpaceReclaimed: reclaimed };
  }

  /** With what each takes and who uses it; without those that are mounts of something else, as in moby. */
  async usage(): Promise<Volume[]> {
    const records = this.#store.list().filter(({ options }) => Object.keys(options).length === 0);
    return Promise.all(
      records.map(async (record) => ({
        ...this.#show(record),
        UsageData: { RefCount: this.#users.of(record.name).length, Size: await folderSize(this.#store.pathOf(record.name)) },
      })),
    );
  }

  /** Every volume for the disk view: what its files take, and which prunes would take it. */
  async disk(): Promise<VolumeDisk[]> {
    const found: VolumeDisk[] = [];
    for (const { name, anonymous, options } of this.#store.list()) {
      const isPlain = Object.keys(options).length === 0;
      const users = this.#users.of(name).length;
      // What is mounted there may be on another machine.
      const bytes = isPlain ? await folderSize(this.#store.pathOf(name)).catch(() => 0) : 0;
      found.push({ name, bytes, users, anonymous, isPlain, canGo: isPlain && users === 0 });
    }
    return found;
  }

  #matches(record: VolumeRecord, filters: Record<string, string[]>): boolean {
    const { name, driver, label, dangling } = filters;
    const some = (values: string[] | undefined, test: (value: string) => boolean) => values === undefined || values.length === 0 || values.some(test);
    return (
      some(name, (part) => record.name.includes(part)) &&
      some(driver, (value) => value === 'local') &&
      (label ?? []).every((wanted) => hasLabel(record.labels, wanted)) &&
      some(dangling, (value) => readBoolean('dangling', value) === (this.#users.of(record.name).length === 0))
    );
  }

  #show(record: VolumeRecord): Volume {
    return showVolume(this.#store, record);
  }
}

export function showVolume(store: VolumeStore, record: VolumeRecord): Volume {
  return {
    Name: record.name,
    Driver: 'local',
    Mountpoint: store.pathOf(record.name),
    // Whole seconds, as moby reads them off the folder.
    CreatedAt: record.created.replace(/\.\d+/, ''),
    Labels: Object.keys(record.labels).length > 0 ? record.labels : null,
    Scope: 'local',
    Options: Object.keys(record.options).length > 0 ? record.options : null,
  };
}

/** There is one driver. @throws NotFoundError for any other. */
export function checkDriver(driver: string | undefined, context = ''): void {
  if (driver !== undefined && driver !== '' && driver !== 'local') throw new NotFoundError(`${context}error looking up volume plugin ${driver}: plugin "${driver}" not found`);
}

/** `key` or `key=value`. */
function hasLabel(labels: Record<string, string>, wanted: string): boolean {
  const [key, ...value] = wanted.split('=');
  return key! in labels && (value.length === 0 || labels[key!] === value.join('='));
}

function readBoolean(filter: string, text: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw new InvalidParameterError(`invalid filter '${filter}=[${text}]'`);
}
