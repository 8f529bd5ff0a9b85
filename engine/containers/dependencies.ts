import type { SupportedLimits } from '../runtime/supported-limits.ts';
import type { Mount, Snapshotter } from '../snapshots/snapshotter.ts';
import type { ContainerStore } from './container-store.ts';
import type { HealthMonitors } from './health/health-monitors.ts';
import type { EventSink, ImageCommitter, ImageSource, MountSource, NetworkController, TaskService } from './collaborators.ts';

/** Everything that the verbs stand on; each takes the part it uses. Made in `engine/main.ts`. */
export interface ContainerDependencies {
  store: ContainerStore;
  images: ImageSource;
  commits: ImageCommitter;
  snapshots: Snapshotter;
  mounter: RootfsMounter;
  tasks: TaskService;
  network: NetworkController;
  volumes: MountSource;
  events: EventSink;
  health: HealthMonitors;
  host: HostFacts;
  log: (line: string) => void;
}

/** Puts a snapshot's mounts on a folder and takes them away. */
export interface RootfsMounter {
  mount(mounts: Mount[], target: string): void | Promise<void>;
  /**
   * Mounts what is not mounted yet and keeps it so until {@link letGo}, whatever {@link unmount} says meanwhile: overlayfs
   * must not be mounted twice on the same folders.
   */
  hold(mounts: Mount[], target: string): void | Promise<void>;
  letGo(target: string): void | Promise<void>;
  /** Unmounts at once, held or not. Who has files open there keeps them. Idempotent. */
  evict(target: string): void | Promise<void>;
  /** Idempotent. */
  unmount(target: string): void | Promise<void>;
  /** Mount points below a folder, deepest first. */
  below(directory: string): Promise<string[]>;
}

/** What create checks limits against and fills defaults from. */
export interface HostFacts {
  hostname: string;
  cpus: number;
  /** 1 or 2: the default of `CgroupnsMode` depends on it, as in moby. */
  cgroupVersion: 1 | 2;
  /** Which limits can be enforced: others are discarded with a warning. */
  limits: SupportedLimits;
}
