import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { posix } from 'node:path';
import type { ContainerConfig, HostConfig, MountPoint } from '../../contract/engine-api/container.ts';
import type { EngineConfig } from '../config.ts';
import type { EventSink, ImageSource, MountSource, StoredMount, TaskMount } from '../containers/collaborators.ts';
import { InvalidParameterError, messageOf, NotFoundError } from '../errors.ts';
import { Mutex } from '../lib/tasks/mutex.ts';
import type { Snapshotter } from '../snapshots/snapshotter.ts';
import type { HostFolders } from './collaborators.ts';
import { planMounts, type MountPlan } from './mount-plan.ts';
import { populateMounted, populateVolume } from './populate.ts';
import { checkPropagations } from './propagation.ts';
import { imageKey, makeRunMounts, removeRunMounts, runSource } from './run-mounts.ts';
import { checkDriver } from './volumes.ts';
import { tmpfsOptions } from './tmpfs-options.ts';
import type { VolumeMounter } from './volume-mounter.ts';
import { checkVolumeOptions, isMounted } from './volume-options.ts';
import type { VolumeStore } from './volume-store.ts';
import type { VolumeUsers } from './volume-users.ts';

export interface MountSourceParts {
  store: VolumeStore;
  users: VolumeUsers;
  mounter: VolumeMounter;
  images: ImageSource;
  snapshots: Snapshotter;
  config: Pick<EngineConfig, 'root' | 'hostFolders' | 'socket'>;
  /** Where the user's folders are those of another machine. */
  hostFolders?: HostFolders;
  events: EventSink;
  /** Mounts of another container, for `--volumes-from`. @throws NotFoundError */
  mountsOf: (reference: string) => StoredMount[];
}

/** Where clients look for the engine inside of a container that they give its socket to. */
const dockerSockets = ['/var/run/docker.sock', '/run/docker.sock'];

/** Volumes, binds and tmpfs of containers. */
export class VolumeMountSource implements MountSource {
  readonly #parts: MountSourceParts;
  /** Containers that have never run, with the destinations at which a volume wants the image's content. */
  readonly #unfilled = new Map<string, Set<string>>();
  readonly #filling = new Map<string, Mutex>();
  /** Where the user's folders are in this machine, by container's folder and source. */
  readonly #opened = new Map<string, Map<string, string>>();

  constructor(parts: MountSourceParts) {
    this.#parts = parts;
  }

  async resolve(request: { containerId: string; config: ContainerConfig; hostConfig: HostConfig }): Promise<StoredMount[]> {
    const { containerId, config, hostConfig } = request;
    checkDriver(hostConfig.VolumeDriver);
    const plans = planMounts(hostConfig);
    const mounts = new Map<string, StoredMount>();
    const made: MountPoint[] = [];
    const held: string[] = [];
    try {
      for (const mount of this.#inherited(hostConfig)) mounts.set(mount.Destination, mount);
      for (const plan of plans) await this.#check(plan);
      for (const options of Object.values(hostConfig.Tmpfs ?? {})) tmpfsOptions(options);
      const tmpfs = Object.keys(hostConfig.Tmpfs ?? {}).map((path) => posix.resolve('/', path));
      for (const path of tmpfs) mounts.delete(path);
      for (const plan of plans) mounts.set(plan.destination, { ...(await this.#make(plan, hostConfig.VolumeDriver ?? '', made)), ...specOf(plan) });
      for (const path of Object.keys(config.Volumes ?? {})) {
        const destination = posix.resolve('/', path);
        if (destination === '/') throw new InvalidParameterError(`invalid specification: destination can't be '/'`);
        if (mounts.has(destination) || tmpfs.includes(destination)) continue;
        mounts.set(destination, { ...(await this.#makeVolume('', destination, {}, made)), Mode: '' });
      }
      await this.#holdImages(containerId, [...mounts.values()], held);
    } catch (error) {
      for (const key of held) await this.#parts.snapshots.remove(key).catch(() => undefined);
      for (const mount of made) await this.#parts.store.delete(mount.Name!).catch(() => undefined);
      throw error;
    }
    const list = [...mounts.values()];
    this.adopt({ containerId, hostConfig, mounts: list, hasRun: false, runs: false });
    return list;
  }

  adopt(container: { containerId: string; hostConfig: HostConfig; mounts: StoredMount[]; hasRun: boolean; runs: boolean }): void {
    const names = volumeNames(container.mounts);
    // Volumes of earlier builds lay elsewhere.
    for (const mount of container.mounts) if (mount.Type === 'volume' && mount.Name !== undefined) mount.Source = this.#parts.store.pathOf(mount.Name);
    for (const name of names) this.#parts.users.add(name, container.containerId);
    if (container.runs) this.#parts.mounter.adopt(names, container.containerId);
    if (container.hasRun) return;
    const noCopy = new Set(planMounts(container.hostConfig).filter((plan) => !plan.copy).map((plan) => plan.destination));
    const destinations = container.mounts.filter((mount) => mount.Type === 'volume' && !noCopy.has(mount.Destination)).map((mount) => mount.Destination);
    this.#unfilled.set(container.containerId, new Set(destinations));
  }

  async prepare(run: { containerId: string; mounts: StoredMount[]; rootfs: string; directory: string }): Promise<void> {
    await this.#openHostFolders(run);
    await checkPropagations(run.mounts);
    for (const name of volumeNames(run.mounts)) await this.#parts.mounter.mount(this.#parts.store.get(name), run.containerId);
    await this.#populate(run.containerId, run.mounts, run.rootfs);
    await makeRunMounts(this.#parts.snapshots, run);
    for (const { Type: type, Name: name = '', Destination: destination, RW: writable, Propagation: propagation } of run.mounts) {
      if (type !== 'volume') continue;
      const attributes = { container: run.containerId, destination, driver: 'local', propagation, 'read/write': String(writable) };
      this.#parts.events.publish('volume', 'mount', name, attributes);
    }
  }

  async unprepare(run: { containerId: string; mounts: StoredMount[]; directory: string }): Promise<void> {
    removeRunMounts(run);
    this.#opened.delete(run.directory);
    await this.#parts.mounter.unmount(run.containerId);
    for (const name of volumeNames(run.mounts)) this.#parts.events.publish('volume', 'unmount', name, { container: run.containerId, driver: 'local' });
  }

  unmountUnused(): Promise<number> {
    return this.#parts.mounter.unmountUnused();
  }

  /** At the first start alone: a volume that is emptied later stays empty. */
  async #populate(containerId: string, mounts: StoredMount[], rootfs: string): Promise<void> {
    const unfilled = this.#unfilled.get(containerId);
    for (const mount of mounts) {
      const { Name: name, Destination: destination } = mount;
      if (name === undefined || unfilled?.has(destination) !== true) continue;
      const turn = this.#filling.get(name) ?? new Mutex();
      this.#filling.set(name, turn);
      const { options } = this.#parts.store.get(name);
      try {
        // A tmpfs is new at each run: moby, which fills volumes at create, leaves it empty too.
        if (!isMounted(options)) await turn.run(() => populateVolume(this.#parts.store.folderOf(name), rootfs, destination));
        else if (options.type !== 'tmpfs') await turn.run(() => populateMounted(this.#parts.store.pathOf(name), rootfs, destination));
      } catch (error) {
        throw new InvalidParameterError(`cannot fill volume ${name} with what the image has at ${destination}: ${messageOf(error)}`, { cause: error });
      }
      unfilled.delete(destination);
    }
    this.#unfilled.delete(containerId);
  }

  toTaskMounts(mounts: StoredMount[], hostConfig: HostConfig, directory: string): TaskMount[] {
    const tmpfs = Object.entries(hostConfig.Tmpfs ?? {}).map(([path, options]): TaskMount => {
      return { type: 'tmpfs', source: 'tmpfs', destination: posix.resolve('/', path), options: tmpfsOptions(options) };
    });
    const planned = mounts.map((mount, index): TaskMount => {
      const { spec = {} } = mount;
      if (mount.Type === 'tmpfs') {
        return { type: 'tmpfs', source: 'tmpfs', destination: mount.Destination, options: spec.tmpfs ?? tmpfsOptions(mount.RW ? 'rw' : 'ro') };
      }
      const bind = spec.nonRecursive === true ? 'bind' : 'rbind';
      // Read-only means what is mounted below too, unless somebody says otherwise. Source: moby daemon/oci_linux.go, since 25.
      // `rw` would undo what the source's own mount says (noexec …).
      const access = mount.RW ? [] : [spec.readOnlyNonRecursive === true ? 'ro' : 'rro'];
      const source = runSource(mount, index, directory) ?? this.#machinePath(mount, directory);
      return { type: 'bind', source, destination: mount.Destination, options: [bind, mount.Propagation || 'rprivate', ...access] };
    });
    return [...planned, ...tmpfs];
  }

  async release(containerId: string, mounts: StoredMount[], removeAnonymous: boolean): Promise<void> {
    const { users, store, events, snapshots } = this.#parts;
    for (const [index, { Type: type }] of mounts.entries()) if (type === 'image') await snapshots.remove(imageKey(containerId, index)).catch(ignoreMissing);
    this.#unfilled.delete(containerId);
    for (const name of volumeNames(mounts)) {
      users.remove(name, containerId);
      if (users.of(name).length > 0 || store.find(name)?.anonymous !== true || !removeAnonymous) continue;
      await store.delete(name);
      events.publish('volume', 'destroy', name, { driver: 'local' });
    }
  }

  /** What `--volumes-from name[:ro]` brings. */
  #inherited(hostConfig: HostConfig): StoredMount[] {
    return (hostConfig.VolumesFrom ?? []).flatMap((text) => {
      const [reference = '', mode = 'rw', ...rest] = text.split(':');
      if (reference === '') throw new InvalidParameterError('volumes-from specification cannot be an empty string');
      if (rest.length > 0) throw new InvalidParameterError(`invalid volume specification: '${text}'`);
      if (!['ro', 'rw', 'z', 'Z'].includes(mode)) throw new InvalidParameterError(`invalid mode: ${mode}`);
      return this.#mountsOf(reference).map((mount) => ({ ...mount, RW: mount.RW && mode !== 'ro', Mode: '' }));
    });
  }

  /** Nobody of that name is the request's mistake, as in moby. */
  #mountsOf(reference: string): StoredMount[] {
    try {
      return this.#parts.mountsOf(reference);
    } catch (error) {
      throw new InvalidParameterError(messageOf(error), { cause: error });
    }
  }

  /** Before anything is made. */
  async #check(plan: MountPlan): Promise<void> {
    if (plan.type !== 'bind' || this.#isEngineSocket(plan.source)) return;
    if (this.#parts.config.hostFolders === 'refuse') {
      throw new InvalidParameterError(
        `cannot mount ${plan.source}: containers run in a virtual machine, which does not have this computer's folders yet. ` +
          `Use a named volume (-v name:${plan.destination}) and copy files into it with docker cp, or build them into an image`,
      );
    }
    if (this.#parts.hostFolders !== undefined) return this.#parts.hostFolders.check(plan.source, plan.createSource);
    if (!plan.createSource && !existsSync(plan.source)) throw new InvalidParameterError(`invalid mount config for type "bind": bind source path does not exist: ${plan.source}`);
  }

  async #make(plan: MountPlan, driver: string, made: MountPoint[]): Promise<StoredMount> {
    const { type, source, destination, mode, propagation } = plan;
    if (type === 'image') {
      const { id, chainId } = await this.#parts.images.resolve(source);
      return { Type: type, Name: source, Source: '', Destination: destination, Mode: mode, RW: false, Propagation: '', spec: { ...plan.spec, image: { id, chainId } } };
    }
    if (type === 'volume') {
      checkDriver(plan.driver.name || driver);
      checkVolumeOptions(source, plan.driver.options);
      return { ...(await this.#makeVolume(source, destination, plan.labels, made, plan.driver.options)), Mode: mode, RW: !plan.readOnly };
    }
    const isHere = this.#parts.hostFolders === undefined && !this.#isEngineSocket(source);
    if (type === 'bind' && plan.createSource && isHere && !existsSync(source)) await this.#makeSource(source);
    const Propagation = type !== 'bind' ? propagation : propagation || (isHere && this.#holdsEngine(source) ? 'rslave' : 'rprivate');
    return { Type: type, Source: source, Destination: destination, Mode: mode, RW: !plan.readOnly, Propagation };
  }

  async #makeVolume(name: string, destination: string, labels: Record<string, string>, made: MountPoint[], options: Record<string, string> = {}): Promise<MountPoint> {
    const { store, events } = this.#parts;
    const { record, isNew } = await store.create(name, { labels, options });
    const mount: MountPoint = { Type: 'volume', Name: record.name, Source: store.pathOf(record.name), Destination: destination, Driver: 'local', Mode: 'z', RW: true, Propagation: '' };
    if (isNew) {
      made.push(mount);
      events.publish('volume', 'create', record.name, { driver: 'local' });
    }
    return mount;
  }

  /** Layers that somebody mounts stay, as those that a container stands on. */
  async #holdImages(containerId: string, mounts: StoredMount[], held: string[]): Promise<void> {
    for (const [index, { spec }] of mounts.entries()) {
      if (spec?.image === undefined) continue;
      await this.#parts.snapshots.prepare(imageKey(containerId, index), spec.image.chainId);
      held.push(imageKey(containerId, index));
    }
  }

  /** At each start: what is shared may have changed. */
  async #openHostFolders({ mounts, directory }: { mounts: StoredMount[]; directory: string }): Promise<void> {
    const { hostFolders } = this.#parts;
    if (hostFolders === undefined) return;
    const opened = new Map<string, string>();
    for (const { Type: type, Source: source } of mounts) {
      if (type === 'bind' && !this.#isEngineSocket(source)) opened.set(source, await hostFolders.open(source, true));
    }
    if (opened.size > 0) this.#opened.set(directory, opened);
  }

  async #makeSource(path: string): Promise<void> {
    try {
      await mkdir(path, { recursive: true, mode: 0o755 });
    } catch (error) {
      throw new InvalidParameterError(`error while creating mount source path '${path}': ${messageOf(error)}`, { cause: error });
    }
  }

  /** What the engine unmounts there must not stay mounted in the container. Source: moby daemon/volumes_linux.go validateBindDaemonRoot. */
  #holdsEngine(source: string): boolean {
    const { root } = this.#parts.config;
    return source.startsWith(root) || root.startsWith(source);
  }

  /** In the VM, the engine's socket is the one thing of the user's machine that a container can be given. */
  #isEngineSocket(path: string): boolean {
    return this.#parts.config.hostFolders !== 'direct' && dockerSockets.includes(path);
  }

  #machinePath(mount: MountPoint, directory: string): string {
    if (mount.Type !== 'bind') return mount.Source;
    return this.#isEngineSocket(mount.Source) ? this.#parts.config.socket : (this.#opened.get(directory)?.get(mount.Source) ?? mount.Source);
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof NotFoundError)) throw error;
}

function specOf(plan: MountPlan): Pick<StoredMount, 'spec'> {
  return plan.type !== 'image' && plan.spec !== undefined ? { spec: plan.spec } : {};
}

function volumeNames(mounts: MountPoint[]): string[] {
  return [...new Set(mounts.flatMap((mount) => (mount.Type === 'volume' && mount.Name !== undefined ? [mount.Name] : [])))];
}
