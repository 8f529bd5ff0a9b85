import type { Readable } from 'node:stream';
import { ConflictError, EngineError, InternalError, InvalidParameterError, NotFoundError, NotImplementedError } from '../../errors.ts';
import { askInView, ConfinedError, readInView } from '../confined/confined-threads.ts';
import type { ExtractOptions, FileEntry, FileList, FileRange, ListOptions, Question, RootView } from '../confined/protocol.ts';

/** Browsing and changing the files of a container or a volume. Paths are absolute within it. */
export interface FileAccess {
  /** @throws NotFoundError, InvalidParameterError for what is no folder */
  list(path: string, options: ListOptions): Promise<FileList>;
  /** Of a link itself. */
  stat(path: string): Promise<FileEntry>;
  /** A piece of a file; shorter at its end. */
  read(path: string, range: { offset: number; length: number }): Promise<FileRange>;
  /** A whole file. The caller destroys the stream. */
  open(path: string): Promise<{ entry: FileEntry; stream: Readable }>;
  /** @throws ConflictError when something has that name */
  makeFolder(path: string): Promise<void>;
  /** Nothing is replaced. @throws ConflictError */
  rename(path: string, to: string): Promise<void>;
  /** @throws ConflictError for a folder with something in it, unless recursive */
  remove(path: string, recursive: boolean): Promise<void>;
}

/** Lets `enter` begin its work in a view of the files, which stays until `release`; `access` are the rules for changes. */
export type OpenView = <T>(enter: (view: RootView, access: ExtractOptions['access']) => Promise<T>) => Promise<{ value: T; release: () => Promise<void> }>;

/** @param owner for messages: `container web`, `volume data` */
export function fileAccess(openView: OpenView, owner: string): FileAccess {
  const ask = async <T>(path: string, question: (access: ExtractOptions['access']) => Question): Promise<T> => {
    expectPath(path);
    try {
      const { value, release } = await openView((view, access) => askInView<T>(view, question(access)));
      await release();
      return value;
    } catch (error) {
      throw fileError(error, path, owner);
    }
  };
  return {
    list: (path, options) => ask(path, () => ({ kind: 'list', path, ...options })),
    stat: (path) => ask(path, () => ({ kind: 'describe', path })),
    read: (path, range) => ask(path, () => ({ kind: 'read', path, ...range })),
    async open(path) {
      expectPath(path);
      try {
        const { value, release } = await openView((view) => readInView<FileEntry>(view, { kind: 'content', path }));
        value.stream.once('close', () => void release());
        return { entry: value.head, stream: value.stream };
      } catch (error) {
        throw fileError(error, path, owner);
      }
    },
    makeFolder: (path) => ask(path, (access) => ({ kind: 'make-folder', path, access })),
    rename: (path, to) => {
      expectPath(to);
      return ask(path, (access) => ({ kind: 'rename', path, to, access }));
    },
    remove: (path, recursive) => ask(path, (access) => ({ kind: 'remove', path, recursive, access })),
  };
}

function expectPath(path: string): void {
  if (path.includes('\0')) throw new InvalidParameterError('a path has no NUL in it');
}

/** What a confined thread says, as the engine's kinds. */
export function fileError(error: unknown, path: string, owner: string): unknown {
  if (!(error instanceof ConfinedError)) return error instanceof EngineError ? error : new InternalError(`${path} in ${owner}: ${String(error)}`, { cause: error });
  const because = { cause: error };
  switch (error.code) {
    case 'refused':
      return new ConflictError(error.message, because);
    case 'bad-archive':
      return new InvalidParameterError(`this is no tar that can be read: ${error.message}`, because);
    case 'ENOENT':
      return new NotFoundError(`Could not find the file ${path} in ${owner}`, because);
    case 'ENOTDIR':
      return new InvalidParameterError(`${path} in ${owner} is not a directory`, because);
    case 'ELOOP':
      return new InvalidParameterError(`${path} in ${owner}: too many levels of symbolic links`, because);
    case 'ENAMETOOLONG':
      return new InvalidParameterError(`${path}: the name is too long`, because);
    case 'EEXIST':
      return new ConflictError(`${owner} has something under that name already: choose another name, or remove it first`, because);
    case 'ENOTEMPTY':
      return new ConflictError(`${path} in ${owner} is not empty`, because);
    case 'EBUSY':
      return new ConflictError(`${path} in ${owner} is in use: something is mounted there`, because);
    case 'EROFS':
      return new ConflictError(`${path} in ${owner} is on a read-only file system`, because);
    case 'EXDEV':
      return new NotImplementedError(`${path} in ${owner} comes from the image or lies on another mount, and cannot be moved in place: copy it instead`, because);
    default:
      return new InternalError(`${path} in ${owner}: ${error.message}`, because);
  }
}
