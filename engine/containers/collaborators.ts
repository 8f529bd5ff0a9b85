import type { Duplex, Readable } from 'node:stream';
import type { ContainerConfig, HostConfig, MountPoint, PortMap, Resources } from '../../contract/engine-api/container.ts';
import type { EventMessage } from '../../contract/engine-api/event.ts';
import type { ImageRunConfig } from '../../contract/engine-api/image.ts';
import type { EndpointSettings } from '../../contract/engine-api/network.ts';
import type { CgroupStats } from '../runtime/cgroup-stats.ts';

/**
 * What the container verbs need from the rest of the engine, as small as they use it. Implementations live in `images/`,
 * `runtime/`, `network/`, `volumes/` and `events/` and are built in `engine/main.ts`.
 */

export interface ResolvedImage {
  /** Digest of the config: `sha256:…`. */
  id: string;
  config: ImageRunConfig;
  /** Name of the committed snapshot on which a container stands; null for an image without layers. */
  chainId: string | null;
  os: string;
  architecture: string;
  variant?: string;
}

export interface ImageSource {
  /** By reference, digest, or id prefix. @throws NotFoundError `No such image: nope:latest` */
  resolve(reference: string): Promise<ResolvedImage>;
}

/** Makes images of containers; lives in `images/`. */
export interface ImageCommitter {
  /**
   * Checks the target and the changes before `layer` is asked for.
   * @returns the new image's id and its name, empty when it has none
   */
  commit(options: {
    parent: string;
    target: string;
    comment: string;
    author: string;
    changes: readonly string[];
    config: ImageRunConfig;
    createdBy: string;
    extra: Record<string, unknown>;
    layer: () => Promise<Readable>;
    signal: AbortSignal;
  }): Promise<{ id: string; name: string }>;
}

// ---------------------------------------------------------------- tasks (runtime/ and shimd/)

/** Everything of a container that decides its OCI spec. */
export interface TaskSpec {
  id: string;
  /** Already merged with the image's config: Cmd, Entrypoint, Env, WorkingDir, User are final. */
  config: ContainerConfig;
  hostConfig: HostConfig;
  hostname: string;
  /** Mounted root file system; the caller mounted it and will unmount it. */
  rootfs: string;
  /** Bind sources resolved to paths of this machine, in mount order, including hosts, hostname and resolv.conf. */
  mounts: TaskMount[];
  /** Network namespace to join; null for the host's. */
  netns: string | null;
  /** Path of the log's file, or null when the log driver is `none`. */
  logPath: string | null;
  /** `max-size` in bytes (0: unlimited), `max-file`, and how entries are written: see shimd's `LogTarget`. */
  logRotation: { maxSize: number; maxFile: number; driver?: 'json-file' | 'local'; compress?: boolean; attributes?: string };
}

export interface TaskMount {
  type: 'bind' | 'tmpfs';
  source: string;
  destination: string;
  options: string[];
}

export interface ExecSpec {
  containerId: string;
  execId: string;
  args: string[];
  env: string[];
  cwd: string;
  user: string;
  tty: boolean;
  openStdin: boolean;
  privileged: boolean;
  consoleSize?: [height: number, width: number];
  /**
   * Somebody attaches right after {@link TaskService.exec} has answered: output (and the end of the process) waits for
   * them, so that nothing is lost in between. False for a detached exec, whose output nobody wants.
   */
  attached: boolean;
}

/** `execId` null means the container's init process. */
export interface TaskExit {
  containerId: string;
  execId: string | null;
  /** 0-255; 128 + n for a signal. */
  exitCode: number;
  /** RFC 3339 with nanoseconds. */
  exitedAt: string;
  oomKilled: boolean;
}

export interface TaskStatus {
  containerId: string;
  pid: number;
  status: 'created' | 'running' | 'paused' | 'stopped';
  /** Present once stopped. */
  exit?: TaskExit;
}

/** Runs containers. Tasks outlive the engine: after a restart `list` tells what runs and what ended meanwhile. */
export interface TaskService {
  /**
   * Writes the bundle and lets crun create the container; its init waits for {@link start}.
   * @throws InvalidParameterError for a spec that crun refuses: the message holds `executable file not found in $PATH`
   * or `permission denied` where clients expect it.
   */
  create(spec: TaskSpec): Promise<{ pid: number }>;
  start(containerId: string): Promise<void>;
  exec(spec: ExecSpec): Promise<{ pid: number }>;
  /** @throws ConflictError when the process is not running. */
  kill(containerId: string, signal: number): Promise<void>;
  killExec(containerId: string, execId: string, signal: number): Promise<void>;
  pause(containerId: string): Promise<void>;
  resume(containerId: string): Promise<void>;
  /** Changes limits of a running (or paused) task; what is not in `change` stays. @throws InternalError with the runtime's words */
  update(containerId: string, change: Resources): Promise<void>;
  resize(containerId: string, execId: string | null, size: { rows: number; columns: number }): Promise<void>;
  /**
   * Joins the process's stdio. What comes is the multiplexed stream (raw bytes with a TTY) from this moment on; what is
   * written goes to stdin, and ending the writable side ends stdin. The stream ends when the process has ended and its
   * output is drained. May be called between create and start, so that nothing is lost.
   */
  attach(containerId: string, execId: string | null, streams: { stdin: boolean; stdout: boolean; stderr: boolean }): Promise<Duplex>;
  /** Deletes crun's state, cgroup and bundle of a stopped (or, with force, any) task. Idempotent. */
  delete(containerId: string, options?: { force?: boolean }): Promise<void>;
  /** Answers the exit of a process, at once when it has ended already. */
  wait(containerId: string, execId: string | null): Promise<TaskExit>;
  list(): Promise<TaskStatus[]>;
  /** Ids of a container's execs that have not ended. */
  execs(containerId: string): Promise<string[]>;
  /** Deletes what a creation that was cut off left in crun and on disk: all that {@link list} does not know. @returns the ids */
  removeStrays(): Promise<string[]>;
  /** PIDs in the container's cgroup. */
  pids(containerId: string): Promise<number[]>;
  /** What the container's cgroup has counted so far. */
  stats(containerId: string): Promise<CgroupStats>;
  onExit(listener: (exit: TaskExit) => void): () => void;
}

// ---------------------------------------------------------------- network

export interface SandboxRequest {
  containerId: string;
  /** Without the slash. */
  containerName: string;
  config: ContainerConfig;
  hostConfig: HostConfig;
  /** By network name or id, as asked for at create. */
  endpoints: Record<string, EndpointSettings>;
  /** Where `hosts`, `hostname` and `resolv.conf` are to be written. */
  directory: string;
  /** Containers whose names it finds in its hosts file: `--link` on the default network. */
  links?: { containerId: string; alias: string; names: string[] }[];
}

export interface Sandbox {
  /** Path of the network namespace; null for host networking. */
  netns: string | null;
  endpoints: Record<string, EndpointSettings>;
  /** Published and exposed ports as inspect shows them. */
  ports: PortMap;
  /** Files to bind over /etc/hosts, /etc/hostname and /etc/resolv.conf. */
  etcFiles: { source: string; destination: string }[];
  sandboxId: string;
  sandboxKey: string;
}

export interface NetworkController {
  /** Fills in network ids and default aliases at create time, and refuses unknown networks. @throws NotFoundError */
  describe(request: Omit<SandboxRequest, 'directory'>): Promise<Record<string, EndpointSettings>>;
  /**
   * Makes namespace, endpoints, addresses, names and published ports.
   * @throws InternalError `… Bind for 0.0.0.0:8080 failed: port is already allocated` with who holds it, all undone.
   */
  connect(request: SandboxRequest): Promise<Sandbox>;
  /**
   * Checks what is asked of one more network, for a container that runs or not, and fills in what create would.
   * @throws NotFoundError for the network, InvalidParameterError for settings and modes that do not go together
   */
  describeEndpoint(request: Omit<SandboxRequest, 'directory'>, network: string, asked: EndpointSettings): { network: string; settings: EndpointSettings };
  /** The name of a network by its name, id or id prefix. @throws NotFoundError */
  nameOf(network: string): string;
  /** Connects a running container to one more network. @throws ForbiddenError when it is on it already */
  attach(request: SandboxRequest, network: string, asked: EndpointSettings): Promise<Sandbox>;
  /** Takes a running container off a network. @throws InternalError when it is not on it */
  detach(request: SandboxRequest, network: string): Promise<Sandbox>;
  /** Others find a running container under its new name from now on. */
  rename(request: SandboxRequest): Promise<void>;
  /** Writes the addresses of linked containers into the hosts file of a running one anew; those that do not run keep what is there. */
  relink(request: SandboxRequest): Promise<void>;
  /** Undoes {@link connect}. Idempotent. */
  release(containerId: string): Promise<void>;
  /** After an engine restart: takes over sandboxes of running containers, removes all others. */
  restore(running: SandboxRequest[]): Promise<Map<string, Sandbox>>;
}

// ---------------------------------------------------------------- volumes

/** What inspect does not show of a mount, and the next start needs. */
export interface MountSpec {
  /** Of a volume or an image. */
  subpath?: string;
  nonRecursive?: boolean;
  readOnlyNonRecursive?: boolean;
  readOnlyForceRecursive?: boolean;
  /** All mount options of a tmpfs. */
  tmpfs?: string[];
  image?: { id: string; chainId: string | null };
}

/** A mount as a container keeps it. */
export interface StoredMount extends MountPoint {
  spec?: MountSpec;
}

export interface MountSource {
  /** Mounts in order, volumes created where needed and filled from `imageRoot` on first use. */
  resolve(request: { containerId: string; config: ContainerConfig; hostConfig: HostConfig }): Promise<StoredMount[]>;
  /** Told for every container on record when the engine starts: who uses a volume is kept in memory alone. */
  adopt(container: { containerId: string; hostConfig: HostConfig; mounts: StoredMount[]; hasRun: boolean; runs: boolean }): void;
  /**
   * Before each run: mounts volumes that are mounts, images and subpaths, and before the first one copies the image's
   * content into empty volumes.
   * @param run.directory the container's own folder, in which it makes mounts
   */
  prepare(run: { containerId: string; mounts: StoredMount[]; rootfs: string; directory: string }): Promise<void>;
  /** Undoes {@link prepare}, but for the content. Idempotent. */
  unprepare(run: { containerId: string; mounts: StoredMount[]; directory: string }): Promise<void>;
  /** Of what {@link prepare} made ready. @param directory the same */
  toTaskMounts(mounts: StoredMount[], hostConfig: HostConfig, directory: string): TaskMount[];
  /** Forgets the container as a user; with `removeAnonymous` its anonymous volumes go as well. */
  release(containerId: string, mounts: StoredMount[], removeAnonymous: boolean): Promise<void>;
  /** Takes away mounts of volumes that no running container uses, as a killed engine leaves them. @returns how many */
  unmountUnused(): Promise<number>;
}

// ---------------------------------------------------------------- events

export interface EventSink {
  publish(type: EventMessage['Type'], action: string, id: string, attributes: Record<string, string>): void;
}
