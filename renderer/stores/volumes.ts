import { create } from 'zustand';
import type { VolumeUsage } from '../../contract/engine-api/files.ts';
import type { Volume } from '../../contract/engine-api/volume.ts';
import { asFailure, callEngine, type IpcFailure } from '../api.ts';
import { formatBytes } from '../format/bytes.ts';
import { volumeCommands } from '../format/engine/volume-commands.ts';
import { sentences } from '../format/sentence.ts';
import { t } from '../i18n/i18n.ts';
import { act } from './containers/container-actions.ts';
import { coalesce } from './coalesce.ts';
import { actOnEngine } from './window/engine-action.ts';
import { saveToFile, uploadFile, type Outcome } from './window/file-transfer.ts';
import { showToast } from './window/toasts.ts';

export interface VolumesState {
  status: 'unread' | 'ready';
  volumes: Volume[];
  /** Bytes, as far as they are known: the engine walks through each volume to tell them. */
  sizes: Record<string, number>;
  isMeasuring: boolean;
  failure: IpcFailure | undefined;
  /** What is being done to a volume. */
  pending: Record<string, 'remove' | 'empty'>;
}

export const useVolumes = create<VolumesState>(() => ({ status: 'unread', volumes: [], sizes: {}, isMeasuring: false, failure: undefined, pending: {} }));

export const refreshVolumes = coalesce(async () => {
  try {
    const { Volumes } = await callEngine('volumes.list', {});
    useVolumes.setState({ volumes: Volumes ?? [], status: 'ready', failure: undefined });
  } catch (error) {
    useVolumes.setState({ failure: asFailure(error) });
  }
}, 100);

/** Asks what each volume takes: when someone looks at them, not at every event. */
export const measureVolumes = coalesce(async () => {
  useVolumes.setState({ isMeasuring: true });
  try {
    const { Volumes } = await callEngine('system.df', { type: ['volume'] });
    useVolumes.setState({ sizes: Object.fromEntries((Volumes ?? []).flatMap(({ Name, UsageData }) => (UsageData === undefined || UsageData.Size < 0 ? [] : [[Name, UsageData.Size]]))) });
  } catch {
    // A size that is not known is shown as such; the list says what is wrong with the engine.
  }
  useVolumes.setState({ isMeasuring: false });
}, 1000);

export const inspectVolume = (name: string): Promise<Volume> => callEngine('volumes.inspect', { id: name });
export const volumeUsage = (name: string): Promise<VolumeUsage> => callEngine('volumes.usage', { id: name });

/** @throws {IpcFailure} */
export async function createVolume(name: string, labels: Record<string, string>): Promise<Volume> {
  const pairs = Object.entries(labels).map(([key, value]) => (value === '' ? key : `${key}=${value}`));
  const volume = await actOnEngine({ command: volumeCommands.create(name, pairs), operation: 'volumes.create', params: { body: { ...(name === '' ? {} : { Name: name }), Labels: labels } } });
  await refreshVolumes();
  return volume;
}

/** @returns whether all went */
export async function removeVolumes(names: readonly string[]): Promise<boolean> {
  let isDone = true;
  for (const name of names) {
    isDone = (await change(name, 'remove', t('volumes:did.notRemoved', { name }), () => actOnEngine({ command: volumeCommands.remove([name]), operation: 'volumes.remove', params: { id: name } }))) && isDone;
  }
  await refreshVolumes();
  return isDone;
}

export async function emptyVolume(name: string): Promise<void> {
  await change(name, 'empty', t('volumes:did.notEmptied', { name }), () =>
    actOnEngine({ command: volumeCommands.empty(name), operation: 'volumes.empty', params: { id: name }, resultOf: ({ Size, Files }) => t('volumes:did.emptied', { count: Files, size: formatBytes(Size) }) }),
  );
  void measureVolumes();
}

async function change(name: string, what: 'remove' | 'empty', failedTitle: string, work: () => Promise<unknown>): Promise<boolean> {
  useVolumes.setState(({ pending }) => ({ pending: { ...pending, [name]: what } }));
  try {
    await work();
    return true;
  } catch (error) {
    const failure = asFailure(error);
    showToast({ kind: 'trouble', title: failedTitle, detail: sentences(failure.message, failure.hint) });
    return false;
  } finally {
    useVolumes.setState(({ pending }) => ({ pending: Object.fromEntries(Object.entries(pending).filter(([key]) => key !== name)) }));
  }
}

/**
 * Into a file of the person's.
 * @param paused IDs of containers that write to it: they stand still until the file is whole, however that ends. Where they cannot be paused there is no backup.
 */
export async function backUpVolume(name: string, paused: readonly string[] = []): Promise<void> {
  if (paused.length > 0 && !(await act('pause', paused, { isUndo: true }))) {
    await act('unpause', paused, { isUndo: true });
    return;
  }
  try {
    await saveBackup(name);
  } finally {
    if (paused.length > 0) await act('unpause', paused, { isUndo: true });
  }
}

function saveBackup(name: string): Promise<Outcome> {
  const fileName = `${name}-${new Date().toISOString().slice(0, 10)}.tar.zst`;
  return saveToFile({
    operation: 'volumes.backup',
    params: { id: name },
    command: volumeCommands.backup(name, `${name}.tar.gz`),
    kind: 'backup',
    subject: name,
    doneTitle: t('volumes:did.backedUp', { name }),
    failedTitle: t('volumes:did.notBackedUp', { name }),
    fileName,
  });
}

/** @param name empty for the name in the backup */
export async function restoreVolume(name: string, file: File): Promise<Outcome> {
  const outcome = await uploadFile({
    operation: 'volumes.restore',
    params: name === '' ? {} : { name },
    command: volumeCommands.restore(name === '' ? 'VOLUME' : name, file.name),
    kind: 'restore',
    subject: name === '' ? file.name : name,
    doneTitle: t('volumes:did.restored', { name: name === '' ? file.name : name }),
    failedTitle: t('volumes:did.notRestored', { name: name === '' ? file.name : name }),
    source: file,
  });
  await refreshVolumes();
  void measureVolumes();
  return outcome;
}
