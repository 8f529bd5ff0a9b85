import type { FileEntry, FileList, FileOrder } from '../../../contract/engine-api/files.ts';
import type { TarItem } from '../../format/files/tar-stream.ts';

export interface ListQuery {
  sort: FileOrder;
  descending: boolean;
  offset: number;
  limit: number;
  filter: string;
}

/** Where the file browser reads and writes: a container, a volume. Paths are absolute. Every call throws an error whose message can be shown. */
export interface FileSource {
  list(path: string, query: ListQuery): Promise<FileList>;
  /** The first bytes of a file. */
  read(path: string, length: number, signal: AbortSignal): Promise<Uint8Array>;
  makeFolder(path: string): Promise<void>;
  rename(path: string, to: string): Promise<void>;
  remove(path: string, recursive: boolean): Promise<void>;
  /** Resolves when they are there, or it is known that they will not be; says itself how it went. */
  upload(folder: FileList, items: readonly TarItem[]): Promise<void>;
  /** Says itself how it goes. */
  download(path: string, entry: FileEntry): void;
  /** The command that removes, for the dialog. */
  removeCommand(path: string): string;
}
