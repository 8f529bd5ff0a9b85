import type { ContainerConfig, ContainerHealth, ContainerStateName, HostConfig } from '../../contract/engine-api/container.ts';
import type { EndpointSettings } from '../../contract/engine-api/network.ts';
import { ChangeCount } from '../lib/tasks/change-count.ts';
import { Mutex } from '../lib/tasks/mutex.ts';
import type { Sandbox, StoredMount } from './collaborators.ts';

/** What a container is doing. Times are RFC 3339 with nanoseconds. */
export type ContainerState =
  /** Never ran. `failure` says why its last start did not succeed. */
  | { status: 'created'; failure?: StartFailure }
  | ({ status: 'running' } & Alive)
  | ({ status: 'paused' } & Alive)
  /** Ended, and waits for its restart policy to start it again. */
  | ({ status: 'restarting' } & Ended)
  | ({ status: 'exited' } & Ended)
  /** Its removal has begun; only removing it again gets it out of here. */
  | { status: 'removing'; exitCode: number; startedAt: string; finishedAt: string }
  /** Its removal failed half way. */
  | { status: 'dead'; exitCode: number; error: string; startedAt: string; finishedAt: string };

export interface Alive {
  pid: number;
  startedAt: string;
  /** End of the run before; absent in the first. */
  finishedAt?: string;
  /** A commit pauses it for a moment: an engine that finds this in a record lets it go on. */
  pausing?: 'commit';
}

export interface StartFailure {
  /** 126 cannot be invoked, 127 not found, 128 anything else. */
  exitCode: number;
  message: string;
}

export interface Ended {
  exitCode: number;
  error: string;
  oomKilled: boolean;
  startedAt: string;
  finishedAt: string;
}

export interface ContainerLink {
  containerId: string;
  /** Of the linked one when the link was made. */
  name: string;
  alias: string;
}

/** What is kept on disk of a container. A record is never changed: a new one takes its place. */
export interface ContainerRecord {
  formatVersion: 1;
  id: string;
  /** Without the slash. */
  name: string;
  created: string;
  /** Merged with the image's config. */
  config: ContainerConfig;
  hostConfig: HostConfig;
  image: { id: string; chainId: string | null };
  /** As asked for at create, by network name, with ids filled in. */
  endpoints: Record<string, EndpointSettings>;
  mounts: StoredMount[];
  /** `--link` on the default network. */
  links?: ContainerLink[];
  state: ContainerState;
  /** What its healthcheck found; absent without one, and before the first run. */
  health?: ContainerHealth;
  /** By its restart policy, since it was last started by hand. */
  restartCount: number;
  /** Stopped or killed through the API, so that `unless-stopped` leaves it alone. */
  manuallyStopped: boolean;
}

/** What one waits for: the end of a run, or the removal. */
export type ContainerNews =
  /** `neverRan`: a start that somebody asked for failed. */
  | { kind: 'exit'; exitCode: number; error: string; neverRan?: boolean }
  | { kind: 'removed'; error?: string };

/** A container as the engine holds it: the record, and what lives only as long as the engine does. */
export class Container {
  readonly id: string;
  /** Start, exit handling and removal take turns. */
  readonly lock = new Mutex();
  /** Attached clients that wait for the next start. */
  readonly pendingAttaches = new Set<PendingAttach>();
  /** Running execs, for inspect. */
  readonly execIds = new Set<string>();
  /** Something of its last run is still there: a task, a network or a mount that could not be taken away. */
  hasLeftovers = false;
  /** While `restart` stops it, neither its policy nor AutoRemove may act on the exit. */
  restarting = false;
  /** The next start by its restart policy. */
  restartTimer: NodeJS.Timeout | undefined;
  /** Delay before the next start by the policy; doubles with each short run. */
  restartDelay = 0;
  readonly #listeners = new Set<(news: ContainerNews) => void>();
  readonly #changes: ChangeCount;
  #record: ContainerRecord;
  #sandbox: Sandbox | null = null;

  /** @param changes goes up with each change of record and sandbox */
  constructor(record: ContainerRecord, changes = new ChangeCount()) {
    this.id = record.id;
    this.#record = record;
    this.#changes = changes;
    changes.increase();
  }

  get record(): ContainerRecord {
    return this.#record;
  }

  set record(record: ContainerRecord) {
    this.#record = record;
    this.#changes.increase();
  }

  /** Network of the present run; never changed, a new one takes its place. */
  get sandbox(): Sandbox | null {
    return this.#sandbox;
  }

  set sandbox(sandbox: Sandbox | null) {
    this.#sandbox = sandbox;
    this.#changes.increase();
  }

  get name(): string {
    return this.#record.name;
  }

  get state(): ContainerState {
    return this.#record.state;
  }

  get tty(): boolean {
    return this.#record.config.Tty === true;
  }

  /** Tells of exits and of the removal until the returned function is called. */
  onNews(listener: (news: ContainerNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(news: ContainerNews): void {
    for (const listener of [...this.#listeners]) listener(news);
  }
}

export interface PendingAttach {
  /** Called between the task's creation and its start. */
  connect(): Promise<void>;
  /** The start failed: there is nothing to wait for. */
  cancel(): void;
}

/** A task exists: its process lives, paused or not. */
export function isRunning(state: ContainerState): state is Extract<ContainerState, { status: 'running' | 'paused' }> {
  return state.status === 'running' || state.status === 'paused';
}

export function statusName(state: ContainerState): ContainerStateName {
  return state.status;
}
