import { create } from 'zustand';
import type { DataArchive, DataDown } from '../../contract/ipc.ts';
import { openStream, request, type IpcFailure, type StreamListeners } from '../api.ts';
import type { DockerCommand } from '../format/engine/docker-command.ts';
import { t } from '../i18n/i18n.ts';
import { pickHostFolder } from './own-folder.ts';
import { beginCommand } from './window/commands.ts';
import { openDialog } from './window/dialogs.ts';
import { beginTask, type NewTask } from './window/tasks.ts';

/** All images, containers and volumes on their way into a file or out of one. One at a time: the VM rests meanwhile. */
export type DataTransfer =
  | { status: 'stopping' | 'working'; kind: 'export' | 'import'; done: number; total: number; cancel(): void }
  | { status: 'exported'; archive: DataArchive }
  | { status: 'imported'; name: string; aside: string | undefined }
  | { status: 'failed'; kind: 'export' | 'import'; failure: IpcFailure };

export const useDataTransfer = create<{ transfer: DataTransfer | undefined }>(() => ({ transfer: undefined }));
const set = (transfer: DataTransfer | undefined): void => useDataTransfer.setState({ transfer });

/** What has ended is forgotten; what is under way is not. */
export function clearTransfer(): void {
  const { transfer } = useDataTransfer.getState();
  if (transfer?.status !== 'stopping' && transfer?.status !== 'working') set(undefined);
}

/** Asks for a folder, then for the rest. */
export async function chooseForData(kind: 'export' | 'import'): Promise<void> {
  clearTransfer();
  const folder = await pickHostFolder(t('data:folder'));
  if (folder !== undefined) openDialog({ kind: `${kind}-data`, folder });
}

/** The exports in a folder, the newest first. @throws {IpcFailure} */
export const listArchives = (folder: string): Promise<DataArchive[]> => request('data/archives', { folder });

export const exportCommand = (path: string): DockerCommand => ['slipway', 'data', 'export', path];
export const importCommand = (path: string): DockerCommand => ['slipway', 'data', 'import', path];

/** `/home/jo/x`, and on Windows `C:\data\x`. */
export function joinPath(folder: string, name: string): string {
  const mark = folder.includes('\\') ? '\\' : '/';
  return `${folder.replace(/[\\/]$/, '')}${mark}${name}`;
}

export function exportData(folder: string, name: string): void {
  follow('export', exportCommand(joinPath(folder, name)), { kind: 'backup', subject: name, doneTitle: t('data:export.done', { name }), failedTitle: t('data:export.failed') }, (listeners) =>
    openStream('data/export', { folder, name }, listeners),
  );
}

export function importData({ path, name }: DataArchive): void {
  follow('import', importCommand(path), { kind: 'restore', subject: name, doneTitle: t('data:import.done'), failedTitle: t('data:import.failed') }, (listeners) => openStream('data/import', { path }, listeners));
}

function follow(kind: 'export' | 'import', command: DockerCommand, task: NewTask, open: (listeners: StreamListeners<'data/export' | 'data/import'>) => { close(): void }): void {
  const told = beginCommand(command);
  const running = beginTask(task);
  let ended: DataTransfer | undefined;
  const stream = open({
    onData(message: DataDown) {
      switch (message.type) {
        case 'stopping':
          return set({ status: 'stopping', kind, done: 0, total: 0, cancel });
        case 'progress':
          running.tell({ done: message.done, total: message.total });
          return set({ status: 'working', kind, done: message.done, total: message.total, cancel });
        case 'exported':
          ended = { status: 'exported', archive: message.archive };
          return;
        case 'imported':
          ended = { status: 'imported', name: task.subject, aside: message.aside };
          return;
      }
    },
    onEnd(failure) {
      if (failure === undefined) {
        set(ended);
        told.done();
        return running.done();
      }
      set({ status: 'failed', kind, failure });
      told.failed(failure);
      running.failed(failure);
    },
  });
  function cancel(): void {
    stream.close();
    set(undefined);
    told.done(t('actions:cancelled'));
    running.cancelled();
  }
  running.tell({ cancel });
  set({ status: 'stopping', kind, done: 0, total: 0, cancel });
}
