import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConflictError, InvalidParameterError } from '../../errors.ts';
import { MountFlag, mount } from '../../lib/syscalls/files.ts';
import type { TaskMount } from '../collaborators.ts';
import { isRunning } from '../container.ts';
import type { Container } from '../container.ts';
import type { ContainerStore } from '../container-store.ts';

const target = '/dev/shm';

/** Where the engine keeps a /dev/shm that several containers see. */
export function sharedMemoryOf(store: ContainerStore, id: string): string {
  return join(store.directoryOf(id), 'shm');
}

/** Mounts what `--ipc shareable` promises to others. A private one is made by the runtime, in the container alone. */
export function mountSharedMemory(store: ContainerStore, container: Container): void {
  const { IpcMode: mode, ShmSize: size } = container.record.hostConfig;
  if (mode !== 'shareable') return;
  const path = sharedMemoryOf(store, container.id);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  mount({ source: 'shm', target: path, type: 'tmpfs', flags: MountFlag.noSuid | MountFlag.noDev | MountFlag.noExec, data: `mode=1777,size=${size}` });
}

/**
 * The mount of a /dev/shm that is not the container's own; undefined where the runtime makes it. Whoever shares the IPC namespace of
 * another shares its /dev/shm as well: POSIX semaphores and shared memory are files there. Source: moby `daemon/container_operations_unix.go`.
 * @throws ConflictError when the other does not run, InvalidParameterError when it keeps its own to itself
 */
export function sharedMemoryMount(store: ContainerStore, container: Container): TaskMount | undefined {
  const source = sourceOf(store, container);
  return source === undefined ? undefined : { type: 'bind', source, destination: target, options: ['rbind', 'rprivate', 'rw', 'nosuid', 'noexec', 'nodev'] };
}

function sourceOf(store: ContainerStore, container: Container, followed = new Set<string>()): string | undefined {
  const mode = container.record.hostConfig.IpcMode ?? '';
  if (mode === 'host') return target;
  if (mode === 'shareable') return sharedMemoryOf(store, container.id);
  if (!mode.startsWith('container:')) return undefined;
  const other = store.resolve(mode.slice('container:'.length));
  if (!isRunning(other.state) || followed.has(other.id)) throw new ConflictError(`can't join IPC of container ${other.id}: container ${other.id} is not running`);
  const source = sourceOf(store, other, followed.add(other.id));
  if (source !== undefined) return source;
  throw new InvalidParameterError(`can't join IPC of container ${other.id}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)`);
}
