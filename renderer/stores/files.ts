import type { FileEntry, FileList, FileOrder } from '../../contract/engine-api/files.ts';
import { asFailure, callEngine, IpcFailure, openStream } from '../api.ts';
import { commandText } from '../format/engine/docker-command.ts';
import { containerFileCommands, volumeFileCommands } from '../format/engine/volume-commands.ts';
import { tarSize, tarStream, type TarItem } from '../format/files/tar-stream.ts';
import { sentences } from '../format/sentence.ts';
import { t } from '../i18n/i18n.ts';
import { actOnEngine } from './window/engine-action.ts';
import { saveToFile, uploadFile } from './window/file-transfer.ts';

interface ListQuery {
  sort: FileOrder;
  descending: boolean;
  offset: number;
  limit: number;
  filter: string;
}

/** The operations of one kind of owner; both kinds have the same. */
const operations = {
  container: {
    list: 'containers.files', read: 'containers.fileContent', download: 'containers.fileDownload', makeFolder: 'containers.makeFolder', rename: 'containers.renameFile', remove: 'containers.removeFile',
    archive: 'containers.archive', putArchive: 'containers.putArchive', commands: containerFileCommands,
  },
  volume: {
    list: 'volumes.files', read: 'volumes.fileContent', download: 'volumes.fileDownload', makeFolder: 'volumes.makeFolder', rename: 'volumes.renameFile', remove: 'volumes.removeFile',
    archive: 'volumes.archive', putArchive: 'volumes.putArchive', commands: volumeFileCommands,
  },
} as const;

/**
 * The files of a container or a volume, for the file browser.
 * @param name as a person calls it, for commands and messages
 */
export function filesOf(kind: 'container' | 'volume', id: string, name: string) {
  const of = operations[kind];
  const commands = of.commands(name);
  return {
    list: (path: string, query: ListQuery): Promise<FileList> => said(callEngine(of.list, { id, path, ...query })),

    read: (path: string, length: number, signal: AbortSignal): Promise<Uint8Array> =>
      said(
        new Promise((resolve, reject) => {
          const chunks: Uint8Array[] = [];
          const stream = openStream('engine/bytes', { operation: of.read, params: { id, path, offset: 0, length } }, {
            onData: (chunk) => void chunks.push(chunk),
            onEnd: (failure) => (failure === undefined ? resolve(joined(chunks)) : reject(failure)),
          });
          signal.addEventListener('abort', () => stream.close(), { once: true });
        }),
      ),

    makeFolder: (path: string): Promise<void> => said(actOnEngine({ command: commands.makeFolder(path), operation: of.makeFolder, params: { id, path } })),
    rename: (path: string, to: string): Promise<void> => said(actOnEngine({ command: commands.rename(path, to), operation: of.rename, params: { id, path, to } })),
    remove: (path: string, recursive: boolean): Promise<void> => said(actOnEngine({ command: commands.remove(path, recursive), operation: of.remove, params: { id, path, recursive } })),
    removeCommand: (path: string): string => commandText(commands.remove(path, true)),

    /** What is brought in belongs to whom the folder belongs. */
    async upload({ Path: path, Folder: { Uid: uid, Gid: gid } }: FileList, items: readonly TarItem[]): Promise<void> {
      const count = items.filter(({ blob }) => blob !== null).length;
      const [first] = items;
      if (first === undefined) return;
      await uploadFile({
        operation: of.putArchive,
        params: { id, path, noOverwriteDirNonDir: true },
        command: commands.upload(path, first.name.split('/')[0] ?? first.name),
        kind: 'upload',
        subject: items.length === 1 ? first.name : t('files:did.uploaded', { count }),
        doneTitle: t('files:did.uploaded', { count }),
        failedTitle: t('files:did.notUploaded', { folder: path }),
        source: tarStream(items, { uid, gid }),
        size: tarSize(items),
      });
    },

    /** A file comes as it is, everything else as a tar. */
    download(path: string, entry: FileEntry): void {
      const isFile = entry.Kind === 'file' || entry.TargetKind === 'file';
      void saveToFile({
        operation: isFile ? of.download : of.archive,
        params: { id, path },
        command: commands.download(path),
        kind: 'download',
        subject: entry.Name,
        doneTitle: t('files:did.downloaded', { name: entry.Name }),
        failedTitle: t('files:did.notDownloaded', { name: entry.Name }),
        fileName: isFile ? entry.Name : `${entry.Name}.tar`,
      });
    },
  };
}

/** The failure as what a person is shown. */
async function said<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { message, hint, kind, status } = asFailure(error);
    const isOtherEngine = status === 404 && /page not found/i.test(message);
    throw new IpcFailure({ kind, message: isOtherEngine ? t('files:otherEngine') : sentences(message, hint) });
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
