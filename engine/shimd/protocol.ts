/**
 * What the engine and shimd say to each other over `<execRoot>/shimd/shimd.sock`. A connection opens with one JSON line:
 * `{"control":1}` makes it a control connection (JSON lines both ways: {@link Request} in, {@link Reply} and {@link ExitEvent}
 * out), `{"attach":{…}}` makes it an attach stream. shimd parses nothing that comes from API clients or containers.
 */
export const protocolVersion = 1;

/** A process that shimd looks after; `execId` null is the container's init process. */
export interface ProcessKey {
  containerId: string;
  execId: string | null;
}

export interface LogTarget {
  path: string;
  /** Bytes after which a file is rotated; 0: never. */
  maxSize: number;
  maxFile: number;
  /** The file's format; `json-file` unless said. */
  driver?: 'json-file' | 'local';
  /** Rotated files are compressed. */
  compress?: boolean;
  /** JSON object of what every entry of the json-file log says of its container. */
  attributes?: string;
}

/** Runs a command that leaves a process behind (`crun create`, `crun exec --detach`) and takes that process over. */
export interface LaunchRequest extends ProcessKey {
  op: 'launch';
  /** `{console}` as an argument becomes the path of the console socket, `{pid}` that of the pid file, `{log}` that of a file for errors. */
  command: string[];
  tty: boolean;
  openStdin: boolean;
  /** The end of an attached stdin closes the process's stdin for good. Without it stdin stays open for the next attacher. */
  stdinOnce: boolean;
  size?: { rows: number; columns: number };
  /** Output is not read before somebody has attached, which happens right after the launch: nothing is lost in between. */
  awaitAttach?: boolean;
  /** For a process that inherits shimd's because the command does not set it: `crun exec`. */
  oomScoreAdj?: number;
  log: LogTarget | null;
  /** File whose `oom_kill` line tells at exit whether the kernel killed for lack of memory: cgroup's `memory.events` or `memory.oom_control`. */
  oomFile: string | null;
}

/** Runs a short command to its end: shimd is small, so its forks are cheap. */
export interface RunRequest {
  op: 'run';
  command: string[];
  /** On success the container's state becomes this, and stays known when the engine dies before it reads the answer. */
  transition?: { containerId: string; state: TaskState };
}

/**
 * Lets a created container run: writes the byte for which its init waits, and removes the pipe. Answers false when nobody waits
 * there; nothing has happened then.
 */
export interface ReleaseRequest {
  op: 'release';
  containerId: string;
  fifo: string;
}

export type TaskState = 'created' | 'running' | 'paused';

export type Request = { id: number } & (
  | { op: 'hello' }
  | LaunchRequest
  | RunRequest
  | ReleaseRequest
  | ({ op: 'kill'; signal: number } & ProcessKey)
  | ({ op: 'resize'; rows: number; columns: number } & ProcessKey)
  /** Answers the {@link ProcessExit}, at once when the process has ended. */
  | ({ op: 'wait' } & ProcessKey)
  /** All processes, or those of one container. */
  | { op: 'list'; containerId?: string }
  /** Drops a container's ended processes, records and pipes; live ones make it fail. */
  | { op: 'forget'; containerId: string }
  /** Drops one ended exec. */
  | { op: 'forgetExec'; containerId: string; execId: string }
);

/** `unknown-process`: no such key. `ended`: it runs no more. `launch-failed`: see `output`. `bad-request`: not of the protocol. */
export type FailureCode = 'unknown-process' | 'ended' | 'launch-failed' | 'exists' | 'no-terminal' | 'bad-request' | 'internal';

export interface Failure {
  code: FailureCode;
  message: string;
}

export type Reply = { id: number; result: unknown } | { id: number; error: Failure };

export interface HelloResult {
  protocolVersion: number;
  pid: number;
}

export interface RunResult {
  exitCode: number;
  /** Standard output, then standard error; at most 64 KiB of each. */
  stdout: string;
  stderr: string;
}

export interface ProcessExit extends ProcessKey {
  /** 0-255; 128 + n for a signal; 255 when shimd was not there to collect it. */
  exitCode: number;
  /** RFC 3339 with nanoseconds. */
  exitedAt: string;
  oomKilled: boolean;
}

export interface ProcessStatus extends ProcessKey {
  pid: number;
  /** Of an exec: always `running` until it ends. */
  state: TaskState;
  exit: ProcessExit | null;
}

/** Pushed to every control connection once the output of an ended process is drained. */
export interface ExitEvent {
  event: 'exit';
  exit: ProcessExit;
}

export interface AttachRequest extends ProcessKey {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
}

/**
 * After the request line shimd answers `{"attached":true}` or `{"error":Failure}` as one line, then output: multiplexed
 * frames (contract/stdcopy), raw bytes with a terminal. The engine sends stdin as frames of a big-endian uint32 length and
 * that many bytes; a frame of length 0 is the end of stdin. A connection that just closes is a detach: stdin stays open.
 */
export type AttachReply = { attached: true } | { error: Failure };

/** Longest line on a control connection; a longer one ends the connection. */
export const maxLineLength = 4 * 1024 * 1024;

export function keyOf(process: ProcessKey): string {
  return process.execId === null ? process.containerId : `${process.containerId}/${process.execId}`;
}
