import type { FolderList } from '../../contract/ipc.ts';
import { asFailure, request } from '../api.ts';
import { commandText } from '../format/engine/docker-command.ts';
import { nextFreePort } from '../format/engine/ports.ts';
import { tarSize, tarStream, type TarItem } from '../format/files/tar-stream.ts';
import { sentences } from '../format/sentence.ts';
import { isShared } from '../format/shared-folders.ts';
import { t } from '../i18n/i18n.ts';
import { portHolders, useContainers } from './containers/containers.ts';
import { findImage, useImages } from './images.ts';
import { changeSettings, useSettings } from './settings.ts';
import { useVm } from './vm.ts';
import { createVolume, useVolumes } from './volumes.ts';
import { openDialog } from './window/dialogs.ts';
import { uploadFile } from './window/file-transfer.ts';
import { go } from './window/navigation.ts';
import { showToast } from './window/toasts.ts';

/** @throws {IpcFailure} */
export const listFolders = (path?: string): Promise<FolderList> => request('app/folders', path === undefined ? {} : { path });

/** Containers can be given this computer's folders: everywhere but in a VM of Hyper-V, which has no port for files. */
export function hasSharedFolders(): boolean {
  const { vm } = useVm.getState();
  return !(vm?.status === 'running' && vm.accelerator === 'hyperv');
}

/** The engine runs on this computer itself, and sees all of it. */
function isNative(): boolean {
  const { vm } = useVm.getState();
  return vm?.status === 'running' && vm.accelerator === 'external';
}

/** A person who chooses a folder for a container shares it. */
async function shareFolder(path: string): Promise<void> {
  const { settings } = useSettings.getState();
  if (settings?.sharedFolders === undefined || isShared(path, settings.sharedFolders)) return;
  await changeSettings({ sharedFolders: [...settings.sharedFolders, path] });
}

async function pickShared(): Promise<string | undefined> {
  const path = await pickHostFolder();
  if (path !== undefined) await shareFolder(path);
  return path;
}

/** A folder that containers may be given from now on, unless the dialog is closed. Call it inside the press of a button. */
export async function addSharedFolder(): Promise<void> {
  try {
    await pickShared();
  } catch (error) {
    const failure = asFailure(error);
    showToast({ kind: 'trouble', title: t('actions:folderFailed'), detail: sentences(failure.message, failure.hint) });
  }
}

/**
 * What a person chooses of the own folders, as `--volume` takes it: a path where the engine sees this computer's folders, otherwise a new volume
 * with a copy of what is in it. Undefined: nothing was chosen, or the copy failed, which has been said. Call it inside the press of a button.
 */
export async function chooseOwnFolder(): Promise<string | undefined> {
  try {
    if (isNative()) return await pickHostFolder();
    return hasSharedFolders() ? await pickShared() : await copyIntoVolume();
  } catch (error) {
    const failure = asFailure(error);
    showToast({ kind: 'trouble', title: t('actions:folderFailed'), detail: sentences(failure.message, failure.hint) });
    return undefined;
  }
}

/** A folder of this computer, by the system's dialog or the window's own. @param note what it is for, where a container does not get it */
export async function pickHostFolder(note?: string): Promise<string | undefined> {
  const picked = await request('app/pick-folder');
  if (picked.status === 'picked') return picked.path;
  if (picked.status === 'dismissed') return undefined;
  return new Promise((resolve) => openDialog({ kind: 'pick-folder', ...(note === undefined ? {} : { note }), onPick: resolve, onDismiss: () => resolve(undefined) }));
}

async function copyIntoVolume(): Promise<string | undefined> {
  const files = await pickFiles();
  const [first] = files;
  if (first === undefined) return undefined;
  const [folder = 'folder'] = first.webkitRelativePath.split('/');
  const name = freeVolumeName(folder, useVolumes.getState().volumes.map(({ Name }) => Name));
  const items = itemsOf(files);
  await createVolume(name, {});
  const outcome = await uploadFile({
    operation: 'volumes.putArchive',
    params: { id: name, path: '/' },
    command: ['docker', 'cp', `${folder}/.`, `CONTAINER:${name}`],
    kind: 'upload',
    subject: folder,
    doneTitle: t('files:did.uploaded', { count: files.length }),
    failedTitle: t('files:did.notUploaded', { folder: name }),
    source: tarStream(items, { uid: 0, gid: 0 }),
    size: tarSize(items),
  });
  return outcome.outcome === 'done' ? name : undefined;
}

/** The browser's own dialog; empty when it was closed. */
function pickFiles(): Promise<File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.webkitdirectory = true;
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

/** What is in the folder, without the folder itself. */
export function itemsOf(files: readonly Pick<File, 'webkitRelativePath' | 'lastModified'>[]): TarItem[] {
  return files.map((file) => ({ name: file.webkitRelativePath.split('/').slice(1).join('/'), blob: file as File, modified: file.lastModified }));
}

/** `My Site` → `my-site`, then `my-site-2`. */
export function freeVolumeName(folder: string, taken: readonly string[]): string {
  const plain = folder.toLowerCase().replace(/[^a-z0-9_.-]+/g, '-').replace(/^[^a-z0-9]+|-+$/g, '');
  const base = plain.length < 2 ? 'folder' : plain;
  for (let count = 1; ; count++) {
    const name = count === 1 ? base : `${base}-${count}`;
    if (!taken.includes(name)) return name;
  }
}

/** The run form, filled for a web server of a chosen folder: on port 8080 or the next free one, by the image that needs no download where it is here. */
export async function serveOwnFolder(): Promise<void> {
  const source = await chooseOwnFolder();
  if (source === undefined) return;
  const { containers } = useContainers.getState();
  const holders = portHolders(containers);
  const port = holders.has(8080) ? (nextFreePort(8080, new Set(holders.keys())) ?? 8080) : 8080;
  const names = new Set(containers.map(({ name }) => name));
  go({ page: 'run', image: '', command: commandText(['docker', ...siteCommand(source, port, findImage(useImages.getState().images, hello) !== undefined, names)]) });
}

const hello = 'slipway/hello';

export function siteCommand(source: string, port: number, hasHello: boolean, takenNames: ReadonlySet<string>): string[] {
  let name = 'website';
  for (let count = 2; takenNames.has(name); count++) name = `website-${count}`;
  const common = ['run', '--detach', '--name', name, '--publish', `${port}:80`];
  return hasHello ? [...common, '--volume', `${source}:/srv/www:ro`, hello, 'httpd', '-f', '-p', '80', '-h', '/srv/www'] : [...common, '--volume', `${source}:/usr/share/nginx/html:ro`, 'nginx:alpine'];
}
