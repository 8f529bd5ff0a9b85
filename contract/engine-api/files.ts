/** Shapes of the endpoints under `/slipway/` that are about files. Whole description: `docs/api-extensions.md`. */

export type FileKind = 'file' | 'folder' | 'link' | 'device' | 'pipe' | 'socket';
export type FileOrder = 'name' | 'size' | 'modified' | 'kind';

export interface FileEntry {
  /** What is not UTF-8 shows as U+FFFD; see `NameIsText`. */
  Name: string;
  /** False for a name that no request can spell. */
  NameIsText: boolean;
  Kind: FileKind;
  /** Bytes; 0 for all but files and links. */
  Size: number;
  /** Permission bits with setuid, setgid and sticky: 0-0o7777. */
  Mode: number;
  Uid: number;
  Gid: number;
  /** As the tree's own account files name them; empty where they do not. */
  User: string;
  Group: string;
  /** RFC 3339. */
  Modified: string;
  /** Of a link, as it is written; else empty. */
  Target: string;
  /** What a link leads to in the end; null where that is nothing, and for all else. */
  TargetKind: FileKind | null;
}

export interface FileList {
  /** The folder, without symbolic links. */
  Path: string;
  /** Itself. */
  Folder: FileEntry;
  Entries: FileEntry[];
  /** Entries that the filter lets through, on all pages. */
  Total: number;
  Offset: number;
}

/** `GET /slipway/volumes/{name}/usage`. */
export interface VolumeUsage {
  Size: number;
  Files: number;
  Folders: number;
  Users: VolumeUser[];
}

export interface VolumeUser {
  Id: string;
  Name: string;
  Running: boolean;
  Mounts: { Destination: string; ReadOnly: boolean }[];
}
