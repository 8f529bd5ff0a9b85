import type { ContainerCreateRequest, ContainerInspect, ContainerSummary } from './engine-api/container.ts';
import type { EventMessage } from './engine-api/event.ts';
import type { ImageInspect, ImageSummary } from './engine-api/image.ts';
import type { ProgressMessage } from './engine-api/progress.ts';
import type { InfoResponse } from './engine-api/system.ts';
import type { OperationKind, OperationParams } from './engine-operation.ts';
import type { OperationOf } from './engine-operations.ts';
import type { StatsHistory, StatsNews } from './stats.ts';
import type { CheckResult, StartRecord } from './troubleshoot.ts';
import type { VmState } from './vm-state.ts';

/**
 * The closed map of everything the window can ask for. A channel that is not here does not compile, in the window as in
 * `main`. Requests answer once, in an {@link import('./ipc-result.ts').IpcResult}.
 */
export interface IpcRequests {
  /** Facts that do not change while the app runs. */
  'app/facts': { params: undefined; result: AppFacts };
  'settings/get': { params: undefined; result: Settings };
  /** Merges the fields given into the settings, writes them and answers the whole. */
  'settings/change': { params: Partial<Settings>; result: Settings };
  /** What is in files of authorities to trust, in their order. */
  'settings/certificates': { params: { paths: string[] }; result: CertificateFile[] };
  /**
   * Tells the person by a notification of the system; a click on it shows the window at `place` (`#/images`). Does nothing where the shell has none:
   * the window of the web shell has its browser's own.
   */
  'app/notify': { params: { title: string; body: string; place: string }; result: undefined };
  /** Opens an http(s) address in the person's browser; other schemes are refused. */
  'app/open-url': { params: { url: string }; result: undefined };

  /** Whether a TCP port of this computer is taken, and the program that has it, where that can be learnt: `nginx (process 812)`. */
  'app/host-port': { params: { port: number }; result: { isTaken: boolean; program?: string } };

  /** The folders in a folder of this computer, for a person to choose one; without a path those of the home folder. */
  'app/folders': { params: { path?: string }; result: FolderList };
  /** Asks with the system's own dialog; `browse` where the shell has none. */
  'app/pick-folder': { params: undefined; result: { status: 'picked'; path: string } | { status: 'dismissed' | 'browse' } };

  'vm/state': { params: undefined; result: VmState };
  /** Starts (again). Answers at once; the way there is told by the `vm/state` push. */
  'vm/start': { params: { acceleration?: 'auto' | 'none' }; result: undefined };
  'vm/stop': { params: undefined; result: undefined };
  /** Writes the VM to the disk, with the containers that run in it; answers once it is there. `vm/start`, or the next docker command, resumes it. */
  'vm/suspend': { params: undefined; result: undefined };
  /** Does what a {@link import('./vm-state.ts').VmFailureStep} names, then starts again. */
  'vm/recover': { params: { action: 'rebuild-image' | 'reset-data-disk' }; result: undefined };

  /** Looks at everything that a start or a running engine stands on; takes some seconds at most. */
  'troubleshoot/check': { params: undefined; result: CheckResult[] };
  /** The last starts of the VM, the newest first; none for an engine without VM. */
  'troubleshoot/starts': { params: undefined; result: StartRecord[] };

  /** The exports of the data disk that lie in a folder of this computer, the newest first. */
  'data/archives': { params: { folder: string }; result: DataArchive[] };

  'engine/info': { params: undefined; result: InfoResponse };

  /** All containers, stopped ones too. */
  'containers/list': { params: undefined; result: ContainerSummary[] };
  'containers/inspect': { params: { id: string }; result: ContainerInspect };
  /** Creates and, unless `start` is false, starts. A container that could not start is kept and named in the error's hint. */
  'containers/run': { params: { name?: string; platform?: string; request: ContainerCreateRequest; start?: boolean }; result: { id: string; warnings: string[] } };
  'containers/start': { params: { id: string }; result: undefined };
  'containers/stop': { params: { id: string }; result: undefined };
  'containers/restart': { params: { id: string }; result: undefined };
  'containers/kill': { params: { id: string; signal?: string }; result: undefined };
  'containers/pause': { params: { id: string }; result: undefined };
  'containers/unpause': { params: { id: string }; result: undefined };
  'containers/remove': { params: { id: string; force?: boolean; volumes?: boolean }; result: undefined };

  'images/list': { params: undefined; result: ImageSummary[] };
  'images/inspect': { params: { id: string }; result: ImageInspect };
  'images/remove': { params: { id: string; force?: boolean }; result: undefined };

  /** An hour of one container, or without an ID of all together. It outlives the app. */
  /** Where somebody is signed in, without passwords. */
  'registries/accounts': { params: undefined; result: RegistryAccount[] };
  /** Asks the registry, and keeps the account when it accepts it. @param server `docker.io`, `ghcr.io`, `registry.lan:5000` */
  'registries/sign-in': { params: { server: string; username: string; password: string }; result: RegistryAccount[] };
  'registries/sign-out': { params: { server: string }; result: RegistryAccount[] };

  'stats/history': { params: { id?: string }; result: StatsHistory };

  /** One `json` operation of `engine-operations.ts`; `callEngine` of the window types params and result by its name. */
  'engine/call': { params: OperationRequest<'json'>; result: unknown };
}

/** News that nobody asked for. The engine is the truth, the event is the news, the window's stores are a mirror. */
export interface IpcPushes {
  'vm/state': VmState;
  /** Whoever changed them: a window, or a person in the file. */
  'settings/state': SettingsNews;
  /** The person wants to see this page (`#/images`): a notification or an item of the tray was clicked. */
  'app/place': { place: string };
  /** An event of the engine, whoever caused it. */
  'engine/event': EventMessage;
  /** The events connection broke or came back; after `connected` every list is to be read again. */
  'engine/connection': { status: 'connected' } | { status: 'away'; since: string };
}

/**
 * Long conversations with back-pressure. `down` goes to the window, `up` comes from it. Bytes travel as `Uint8Array`
 * beside the events; a stream ends by itself or is closed by the window.
 */
export interface IpcStreams {
  /** Log of one container; bytes are text lines' payload already taken out of the multiplexed frames. */
  'containers/logs': { params: LogStreamParams; down: LogChunk; up: never };
  /** A shell (exec) in a running container: bytes both ways, resize up, exit down. */
  'containers/terminal': { params: TerminalParams; down: Uint8Array | TerminalDown; up: Uint8Array | TerminalUp };
  /** What everything that runs uses, every `everyMs` milliseconds; sampled once for all windows. */
  'stats/watch': { params: { everyMs: number }; down: StatsNews; up: never };
  'images/pull': { params: { reference: string; platform?: string }; down: ProgressMessage; up: never };
  /** `docker load`: the window sends the tar as bytes, then `{type:'end'}`; progress comes down. */
  /** A `lines` operation: each object as it comes. */
  'engine/lines': { params: OperationRequest<'lines'>; down: unknown; up: never };
  /** A `bytes` operation into the window: to be looked at, not kept. */
  'engine/bytes': { params: OperationRequest<'bytes'>; down: Uint8Array; up: never };
  /** An `upload` operation: the window sends bytes, then `{type:'end'}`. `size` in bytes, when it is known. */
  'engine/upload': { params: OperationRequest<'upload'> & { size?: number }; down: UploadDown; up: Uint8Array | { type: 'end' } };
  /** A `bytes` operation into a file of the person's. Ends when the file is whole; closing it cancels and leaves no file. */
  'engine/download': { params: OperationRequest<'bytes'> & { fileName: string }; down: DownloadDown; up: never };
  /** Images, containers and volumes into a new file `name` in `folder`. The VM is stopped for it, and started again where it ran. */
  'data/export': { params: { folder: string; name: string }; down: DataDown; up: never };
  /** Those of such a file in the place of those that are here; the old disk is kept. Refused by its checksum before anything is touched. */
  'data/import': { params: { path: string }; down: DataDown; up: never };
  /** The diagnostics, without secrets, into a file of the person's. */
  'troubleshoot/bundle': { params: undefined; down: DownloadDown; up: never };
  'images/load': { params: { name: string; size: number }; down: ProgressMessage; up: Uint8Array | { type: 'end' } };
}

export interface OperationRequest<K extends OperationKind> {
  operation: OperationOf<K>;
  params: OperationParams;
}

/** `taken`: bytes that the engine has taken so far; `line`: an object of its answer. */
export type UploadDown = { type: 'taken'; bytes: number } | { type: 'line'; line: unknown };

/**
 * `ready`: the web shell serves the file once at this path of its own origin, to be followed as a link; `saving`: Electron writes to this
 * path; `dismissed`: the person closed the dialog, and the stream ends. `total` in bytes, when the engine tells it.
 */
export type DownloadDown = { type: 'ready'; path: string } | { type: 'saving'; path: string } | { type: 'dismissed' } | { type: 'progress'; bytes: number; total?: number };

export interface AppFacts {
  version: string;
  shell: 'electron' | 'web';
  platform: 'linux' | 'darwin' | 'win32';
  /** What `docker --host` takes: `unix:///…` or `npipe:////./pipe/…`. */
  dockerHost: string;
}

export interface FolderList {
  path: string;
  /** Absent at the top. */
  parent?: string;
  /** Names, sorted; hidden ones are left out. */
  folders: string[];
  /** There are more than are told. */
  isCut: boolean;
  /** It has a page that a web server would show. */
  hasIndex: boolean;
}

/** A file that was named as one of certificates. `none`: there is no PEM certificate in it, or a broken one. */
export type CertificateFile =
  | { path: string; status: 'unreadable' | 'none' }
  /** `names`: whose they are; `until`: RFC 3339, when the first of them ends. */
  | { path: string; status: 'good' | 'expired'; names: string[]; until: string };

/** A file that holds all of a data disk: `main/vm/home/disk-archive.ts`. */
export interface DataArchive {
  path: string;
  name: string;
  /** Of the file, in bytes. */
  size: number;
  /** Of the disk in it, unpacked. */
  diskBytes: number;
  /** RFC 3339. */
  writtenAt: string;
  /** Of Slipway. */
  version: string;
  sha256: string;
}

/** `progress` in bytes of the disk. `aside`: where the disk that was there before is kept. */
export type DataDown =
  | { type: 'stopping' }
  | { type: 'progress'; done: number; total: number }
  | { type: 'exported'; archive: DataArchive }
  | { type: 'imported'; aside?: string };

export interface RegistryAccount {
  server: string;
  username: string;
}

export interface Settings {
  theme: 'system' | 'dark' | 'light';
  /** Of the window's texts; absent is `system`. */
  language?: 'system' | 'en' | 'de';
  /** Of lists; absent is `comfortable`. */
  density?: 'comfortable' | 'compact';
  /** Pixels, 10 to 20; absent is 13. */
  terminalFontSize?: number;
  /** The shell that a terminal begins with where the container has it: a name or an absolute path. Absent: bash, zsh, sh. */
  terminalShell?: string;
  /** Addresses that are asked before Docker Hub. */
  registryMirrors?: string[];
  /** Registries without TLS, or with a certificate of their own: host, host:port or CIDR. */
  insecureRegistries?: string[];
  /** MiB of the VM. */
  memoryMiB: number;
  cpus: number;
  /** Size of the sparse data disk in GiB. */
  diskGiB: number;
  acceleration: 'auto' | 'none';
  /** Containers may reach this computer's own programs, as `host.docker.internal`. Off unless it is chosen. */
  hostAccess?: boolean;
  /** Minutes in which nothing runs and nobody looks until the VM is suspended; 0: never; absent: 10. */
  suspendAfterMinutes?: number;
  /** For the engine's own requests (pulls): those that programs of this session are given, none, or the three below. Absent is `system`. */
  proxy?: 'system' | 'none' | 'manual';
  /** `http://user:password@host:port`. */
  httpProxy?: string;
  /** Absent: as `httpProxy`. */
  httpsProxy?: string;
  /** Names, `.domains` and networks that are reached without a proxy, with commas between. */
  noProxy?: string;
  /** Folders of this computer that containers may be given, absolute, with `:ro` at the end for reading only. Absent: the home folder, without names that begin with a dot. */
  sharedFolders?: string[];
  /** Files (PEM) of authorities that the engine trusts besides the usual ones. */
  certificates?: string[];
  /** Of containers that ask for none. Absent is `json-file`. */
  logDriver?: 'json-file' | 'local' | 'none';
  /** The log of a container begins a new file at this size, as `--log-opt max-size` spells it: `10m`. Absent or empty: the driver's own. */
  logMaxSize?: string;
  /** Files of a container's log that are kept. Absent or 0: the driver's own number. */
  logMaxFiles?: number;
  /** Where networks come from that name no subnet, as dockerd's `--default-address-pool`: `base=10.10.0.0/16,size=24`. Absent or empty: Docker's. */
  addressPools?: string[];
  /** Whether long work that ended while nobody looked is told by the system. Absent is true; the web shell's browser has to allow it besides. */
  notifications?: boolean;
  /** Electron: a window that is closed leaves Slipway running in the tray. Absent is false: closing stops the engine and ends the app. */
  closeToTray?: boolean;
}

/** What is wrong with the file as it is now; what held before goes on holding. */
export interface SettingsProblem {
  message: string;
  line?: number;
}

export interface SettingsNews {
  settings: Settings;
  /** Of the file, to be edited by hand. */
  path: string;
  problem?: SettingsProblem;
}

export interface LogStreamParams {
  id: string;
  follow: boolean;
  /** Newest lines to begin with; `all` for the whole log. */
  tail: number | 'all';
  timestamps: boolean;
  /** Only lines from this time on, as the log itself spells it (RFC 3339, nine decimals): where an earlier stream ended. */
  since?: string;
}

export interface LogChunk {
  stream: 'stdout' | 'stderr';
  /** Decoded text of one or more lines, line ends kept; with timestamps each line starts with an RFC 3339 time and a space. */
  text: string;
}

export interface TerminalParams {
  id: string;
  /** Absent: the best shell that the container has (bash, zsh, sh). */
  command?: string[];
  /** Without `command`: tried first. */
  shell?: string;
  user?: string;
  columns: number;
  rows: number;
}

export type TerminalDown = { type: 'opened'; command: string[] } | { type: 'exit'; exitCode: number };
export type TerminalUp = { type: 'resize'; columns: number; rows: number };

export type IpcRequestChannel = keyof IpcRequests;
export type IpcPushChannel = keyof IpcPushes;
export type IpcStreamChannel = keyof IpcStreams;

/** Every channel by name, so that a handler registry can be checked for completeness at run time as well. */
export const requestChannels = [
  'app/facts',
  'settings/get',
  'settings/change',
  'settings/certificates',
  'app/notify',
  'app/open-url',
  'app/host-port',
  'app/folders',
  'app/pick-folder',
  'vm/state',
  'vm/start',
  'vm/stop',
  'vm/suspend',
  'vm/recover',
  'troubleshoot/check',
  'troubleshoot/starts',
  'data/archives',
  'engine/info',
  'containers/list',
  'containers/inspect',
  'containers/run',
  'containers/start',
  'containers/stop',
  'containers/restart',
  'containers/kill',
  'containers/pause',
  'containers/unpause',
  'containers/remove',
  'images/list',
  'images/inspect',
  'images/remove',
  'registries/accounts',
  'registries/sign-in',
  'registries/sign-out',
  'stats/history',
  'engine/call',
] as const satisfies readonly IpcRequestChannel[];

export const streamChannels = [
  'containers/logs',
  'containers/terminal',
  'stats/watch',
  'images/pull',
  'images/load',
  'engine/lines',
  'engine/bytes',
  'engine/upload',
  'engine/download',
  'data/export',
  'data/import',
  'troubleshoot/bundle',
] as const satisfies readonly IpcStreamChannel[];
export const pushChannels = ['vm/state', 'settings/state', 'app/place', 'engine/event', 'engine/connection'] as const satisfies readonly IpcPushChannel[];

type Missing<All extends string, Listed extends string> = Exclude<All, Listed>;
/** Compiles only while the three lists above name every channel of the three maps. */
export const channelListsAreComplete: [
  Missing<IpcRequestChannel, (typeof requestChannels)[number]>,
  Missing<IpcStreamChannel, (typeof streamChannels)[number]>,
  Missing<IpcPushChannel, (typeof pushChannels)[number]>,
] extends [never, never, never]
  ? true
  : never = true;
