import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConflictError, InvalidParameterError, messageOf, NotFoundError } from '../errors.ts';
import { ChangeCount } from '../lib/tasks/change-count.ts';
import { JsonStore } from '../store/json-store.ts';
import { Container, isRunning } from './container.ts';
import type { ContainerRecord } from './container.ts';
import { LinkIndex } from './links/link-index.ts';

const shortIdLength = 12;

interface ImageUse {
  containerId: string;
  imageId: string;
  imageReference: string;
  running: boolean;
}

/** Every container of the engine, in memory; their records on disk. Nothing is read from disk after {@link ContainerStore.open}. */
export class ContainerStore {
  /** The machine is being switched off: no policy starts anything any more. */
  shuttingDown = false;
  /** Who links whom. */
  readonly links: LinkIndex;
  /** Of containers, what is in their records, their networks and their links: what was made of them before is good for as long as it stays. */
  readonly changes = new ChangeCount();
  #imageUsers: { changes: number; users: ImageUse[] } | undefined;
  readonly #directory: string;
  readonly #records: JsonStore<ContainerRecord>;
  readonly #byId = new Map<string, Container>();
  /** Names of containers, and names that a create or rename has reserved. */
  readonly #idByName = new Map<string, string>();
  /** First twelve digits, as clients print ids; a list because they may collide. */
  readonly #byShortId = new Map<string, Container[]>();

  constructor(directory: string, records: JsonStore<ContainerRecord>) {
    this.#directory = directory;
    this.#records = records;
    this.links = new LinkIndex(this.changes);
    // Oldest first, so that iteration order is the order of creation after a restart too.
    const sorted = records.list().sort((a, b) => (a.created < b.created ? -1 : 1));
    for (const record of sorted) this.#index(new Container(record, this.changes));
  }

  static async open(directory: string): Promise<ContainerStore> {
    return new ContainerStore(directory, await JsonStore.open<ContainerRecord>(directory, { parse: parseRecord }));
  }

  /** Oldest first. */
  list(): Container[] {
    return [...this.#byId.values()];
  }

  count(): { running: number; paused: number; stopped: number } {
    const counts = { running: 0, paused: 0, stopped: 0 };
    for (const { state } of this.#byId.values()) counts[state.status === 'running' || state.status === 'paused' ? state.status : 'stopped'] += 1;
    return counts;
  }

  /** Which image each container stands on, for those who list and remove images. The same array as before for as long as nothing has changed. */
  imageUsers(): readonly ImageUse[] {
    if (this.#imageUsers?.changes !== this.changes.value) this.#imageUsers = { changes: this.changes.value, users: this.#findImageUsers() };
    return this.#imageUsers.users;
  }

  #findImageUsers(): ImageUse[] {
    return this.list().flatMap(({ id, record, state }) => {
      const mounted = record.mounts.flatMap(({ Name, spec }) => (spec?.image === undefined ? [] : [{ imageId: spec.image.id, imageReference: Name ?? '' }]));
      const own = { imageId: record.image.id, imageReference: record.config.Image ?? '' };
      return [own, ...mounted].map((image) => ({ containerId: id, ...image, running: isRunning(state) }));
    });
  }

  get(id: string): Container | undefined {
    return this.#byId.get(id);
  }

  /**
   * By id, name (with or without slash), the beginning of an id or a link's name (`web/database`), in this order.
   * @throws NotFoundError `No such container: x`; InvalidParameterError for nothing, and when several ids begin so
   */
  resolve(reference: string): Container {
    if (reference === '') throw new InvalidParameterError('invalid name or ID supplied: ""');
    const name = reference.startsWith('/') ? reference.slice(1) : reference;
    const exact = this.#byId.get(reference) ?? this.#byId.get(this.#idByName.get(name) ?? '');
    if (exact !== undefined) return exact;
    const found = this.#withPrefix(reference);
    if (found.length > 1) throw new InvalidParameterError(`multiple IDs found with provided prefix: ${reference}`);
    if (found[0] === undefined) {
      const linked = this.#byId.get(this.links.find(name)?.targetId ?? '');
      if (linked !== undefined) return linked;
    }
    if (found[0] === undefined) throw new NotFoundError(`No such container: ${reference}`);
    return found[0];
  }

  /**
   * Takes a name before anything is made under it.
   * @throws ConflictError in moby's words
   */
  reserveName(name: string, id: string): void {
    const holder = this.#idByName.get(name);
    if (holder !== undefined) {
      throw new ConflictError(
        `Conflict. The container name "/${name}" is already in use by container "${holder}". You have to remove (or rename) that container to be able to reuse that name.`,
      );
    }
    this.#idByName.set(name, id);
  }

  releaseName(name: string): void {
    this.#idByName.delete(name);
  }

  hasName(name: string): boolean {
    return this.#idByName.has(name);
  }

  /** Makes the container known and durable, with a folder of its own. Its name must be reserved. */
  async add(record: ContainerRecord): Promise<Container> {
    await mkdir(this.directoryOf(record.id), { recursive: true, mode: 0o710 });
    try {
      await this.#records.put(record.id, record);
    } catch (error) {
      await rm(this.directoryOf(record.id), { recursive: true, force: true });
      throw error;
    }
    const container = new Container(record, this.changes);
    this.#index(container);
    return container;
  }

  /**
   * Changes a container. Readers see the change at once; it is on disk when the promise resolves.
   * @param options `sync: false`: survives a crash of the engine, not a power cut. For what a power cut makes untrue anyway.
   * @throws InternalError, e.g. on a full disk; the change stays in memory, because that is how things are.
   */
  async update(container: Container, change: Partial<ContainerRecord>, options: { sync?: boolean } = {}): Promise<void> {
    container.record = { ...container.record, ...change };
    if ('name' in change || 'links' in change) this.links.put(container.record);
    await this.#records.put(container.id, container.record, options);
  }

  /** {@link update} for a mere wish: when it cannot be saved, all is as it was before. Under the container's lock. */
  async attempt<K extends keyof ContainerRecord>(container: Container, change: Pick<ContainerRecord, K>): Promise<void> {
    const before = Object.fromEntries(Object.keys(change).map((key) => [key, container.record[key as K]])) as Pick<ContainerRecord, K>;
    try {
      await this.update(container, change);
    } catch (error) {
      container.record = { ...container.record, ...before };
      throw error;
    }
  }

  /**
   * {@link update} for what must be done on a full disk too, so that a container can be stopped and removed to make room: that it
   * could not be saved is said on stderr alone. By itself it survives a crash of the engine, not a power cut.
   */
  async note(container: Container, change: Partial<ContainerRecord>, options: { sync: boolean } = { sync: false }): Promise<void> {
    await this.update(container, change, options).catch((error: unknown) => void process.stderr.write(`${container.name}: ${messageOf(error)}\n`));
  }

  /** Forgets the container, its folder and its name. */
  async remove(container: Container): Promise<void> {
    await this.#records.delete(container.id);
    await rm(this.directoryOf(container.id), { recursive: true, force: true });
    this.#byId.delete(container.id);
    this.changes.increase();
    this.links.delete(container.id);
    if (this.#idByName.get(container.name) === container.id) this.#idByName.delete(container.name);
    const short = container.id.slice(0, shortIdLength);
    const rest = (this.#byShortId.get(short) ?? []).filter((other) => other !== container);
    if (rest.length === 0) this.#byShortId.delete(short);
    else this.#byShortId.set(short, rest);
  }

  /** Folder of hosts, hostname, resolv.conf, the log and the mounted root file system. */
  directoryOf(id: string): string {
    return join(this.#directory, id);
  }

  rootfsOf(id: string): string {
    return join(this.#directory, id, 'rootfs');
  }

  /** @param driver of its log; `json-file` unless it is another that writes files */
  logPathOf(id: string, driver?: string): string {
    return driver === 'local' ? join(this.#directory, id, 'local-logs', 'container.log') : join(this.#directory, id, `${id}-json.log`);
  }

  /** Ids of all containers, for finding folders that belong to none. */
  get directory(): string {
    return this.#directory;
  }

  #index(container: Container): void {
    this.#byId.set(container.id, container);
    this.links.put(container.record);
    this.#idByName.set(container.name, container.id);
    const short = container.id.slice(0, shortIdLength);
    this.#byShortId.set(short, [...(this.#byShortId.get(short) ?? []), container]);
  }

  #withPrefix(prefix: string): Container[] {
    if (prefix.length >= shortIdLength) {
      return (this.#byShortId.get(prefix.slice(0, shortIdLength)) ?? []).filter((container) => container.id.startsWith(prefix));
    }
    const found: Container[] = [];
    for (const [short, containers] of this.#byShortId) if (short.startsWith(prefix)) found.push(...containers);
    return found;
  }
}

function parseRecord(value: unknown, key: string): ContainerRecord {
  const record = value as Partial<ContainerRecord> | null;
  if (record?.formatVersion !== 1) throw new Error(`unknown format version ${String(record?.formatVersion)}`);
  if (record.id !== key || typeof record.name !== 'string' || record.config === undefined || record.hostConfig === undefined || record.state === undefined) {
    throw new Error('it is not a container record');
  }
  return record as ContainerRecord;
}
