import type { FileEntry, FileOrder } from '../../../contract/engine-api/files.ts';

/** What the engine and a confined thread say to each other. */

export type { FileEntry, FileList } from '../../../contract/engine-api/files.ts';

/** The file system tree that a thread sees while it works: nothing outside can be named there. */
export interface RootView {
  /** Folder that becomes the thread's root. */
  root: string;
  /** Laid over it, outer ones first. Destinations are absolute there; links in them lead within the root. */
  mounts: ViewMount[];
  /** Nothing may be changed through the view. */
  readOnly: boolean;
}

export interface ViewMount {
  source: string;
  destination: string;
  readOnly: boolean;
  recursive: boolean;
}

/** One piece of work, in one view. */
export type Job =
  | { kind: 'stat'; path: string }
  /** Answers the {@link PathStat} of `path`, then a tar of it. */
  | { kind: 'archive'; path: string }
  /** Answers the {@link FileEntry} of a file, then its bytes, as many as that says. */
  | { kind: 'content'; path: string }
  /** A tar of the whole tree, of an overlay's upperdir as a layer, or of the root as the folder `data` without the tar's end, for a backup. */
  | { kind: 'tree'; form: 'plain' | 'layer' | 'backup' }
  /** Takes its archive by messages; with `body` from there, and answers an {@link ExtractAnswer}. */
  | ({ kind: 'extract'; path: string; body?: ConnectionBody } & ExtractOptions)
  /** Folders of the layers below, topmost first; they are not in the view. */
  | { kind: 'changes'; lower: string[] }
  /** Answers a {@link FileList}. */
  | ({ kind: 'list'; path: string } & ListOptions)
  /** Answers a {@link FileEntry}; of a link itself. */
  | { kind: 'describe'; path: string }
  /** Answers a {@link FileRange}; a link is followed. */
  | { kind: 'read'; path: string; offset: number; length: number }
  | { kind: 'make-folder'; path: string; access: ExtractOptions['access'] }
  | { kind: 'rename'; path: string; to: string; access: ExtractOptions['access'] }
  /** @see removeEntry */
  | { kind: 'remove'; path: string; recursive: boolean; access: ExtractOptions['access'] }
  /** Removes all that is in the root. */
  | { kind: 'empty' }
  /** Answers a {@link FolderMeasure} of the root. */
  | { kind: 'measure' };

/** Jobs that answer once. */
export type Question = Exclude<Job, { kind: 'archive' | 'tree' | 'content' | 'extract' }>;

export interface ListOptions {
  sort: FileOrder;
  descending: boolean;
  /** Of the first entry, after sorting. */
  offset: number;
  limit: number;
  /** Part of the name, in any case; empty for all. */
  filter: string;
}

export interface FileRange {
  entry: FileEntry;
  offset: number;
  bytes: Uint8Array<ArrayBuffer>;
}

export interface FolderMeasure {
  /** Of files by their length, each hard-linked one once. */
  bytes: number;
  files: number;
  folders: number;
}

export interface ExtractOptions {
  /** A folder does not take the place of anything else, nor anything else that of a folder. */
  keepKinds: boolean;
  /** Owner of all that is written; null for the archive's own. */
  owner: { uid: number; gid: number } | null;
  /** Folders, as seen in the view, that say no, with their words. The longest that holds the path counts. */
  access: { path: string; refusal: string | null }[];
  /** Takes only what lies in this folder of the archive, without its name; its own entry sets the destination's owner, mode and time. */
  strip?: string;
}

/** A request's body that the thread reads from the connection itself. */
export interface ConnectionBody {
  /** Of the connection, non-blocking; nobody else reads from it meanwhile. */
  fd: number;
  /** What came with the request's head. */
  head: Uint8Array<ArrayBuffer>;
  /** Bytes; null for chunks. */
  length: number | null;
  /** Shared; another number than 0 lets the thread give up. */
  cancelled: Int32Array;
}

/** A connection that the thread writes into. */
export interface ConnectionOutput {
  /** Non-blocking; nobody else writes meanwhile. */
  fd: number;
  /** Shared; another number than 0 lets the thread give up. */
  cancelled: Int32Array;
}

export interface ExtractAnswer {
  /** Null once all is extracted. For a compressed archive what was read of the connection: nothing is extracted then. */
  compressed: Uint8Array<ArrayBuffer> | null;
}

/** `X-Docker-Container-Path-Stat`. */
export interface PathStat {
  name: string;
  size: number;
  /** Go's FileMode: permission bits below, kinds from bit 31 down. */
  mode: number;
  /** RFC 3339 with nanoseconds. */
  mtime: string;
  /** Where a symbolic link leads to in the end; else empty. */
  linkTarget: string;
}

/** Kind 0 changed, 1 added, 2 deleted. Source: moby `pkg/archive/changes.go`. */
export interface TreeChange {
  path: string;
  kind: 0 | 1 | 2;
}

export type ToThread =
  | { kind: 'start'; view: RootView; job: Job }
  /** The reader takes so many more chunks. */
  | { kind: 'credit'; chunks: number }
  /** In place of credit: a tar goes into a connection, as chunks of HTTP/1.1 without the last. */
  | { kind: 'send'; connection: ConnectionOutput }
  | { kind: 'data'; pieces: Uint8Array<ArrayBuffer>[] }
  | { kind: 'end' }
  | { kind: 'cancel' };

export type FromThread =
  | { kind: 'head'; value: unknown }
  | { kind: 'chunk'; bytes: Uint8Array<ArrayBuffer> }
  /** So many bytes of what was sent are dealt with. */
  | { kind: 'taken' }
  /** The last word of a job; the thread has left the view. */
  | { kind: 'done'; value?: unknown }
  | { kind: 'failed'; error: ThreadFailure };

export interface ThreadFailure {
  message: string;
  /** The system's `ENOENT` …, or a kind of the engine's errors. */
  code: string | null;
}
