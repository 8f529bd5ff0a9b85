import { access, readdir, rm } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import type { DataArchive, DataDown, IpcStreams } from '../../../contract/ipc.ts';
import { Failure } from '../../failure.ts';
import { exportDisk, importDisk, readArchive } from '../../vm/home/disk-archive.ts';
import type { InstanceFiles } from '../../vm/home/instance-files.ts';
import type { Vm } from '../../vm/vm.ts';
import type { HandlersOf, Services } from '../handlers.ts';
import type { StreamSession } from '../stream-session.ts';

type Session = StreamSession<DataDown, never>;
type At = Pick<Services, 'vm' | 'facts'>;

/** A folder with more files than this is no place where a person keeps exports. */
const mostFiles = 2000;
const tellEveryMs = 100;

export function dataHandlers(): HandlersOf<'data'> {
  return { 'data/archives': ({ folder }) => archivesIn(folder) };
}

/** Whatever else lies in the folder is passed over. @throws Failure */
async function archivesIn(folder: string): Promise<DataArchive[]> {
  requireAbsolute(folder);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(error.code === 'ENOENT' ? 'not-found' : 'unavailable', error.code === 'ENOENT' ? `There is no folder ${folder}.` : `You may not look into ${folder}.`);
  });
  const files = entries.filter((entry) => entry.isFile()).slice(0, mostFiles);
  const found = await Promise.all(files.map(({ name }) => describe(join(folder, name)).catch(() => undefined)));
  return found.filter((archive) => archive !== undefined).sort((a, b) => b.writtenAt.localeCompare(a.writtenAt));
}

async function describe(path: string): Promise<DataArchive> {
  const { header, sha256, size } = await readArchive(path);
  return { path, name: basename(path), size, diskBytes: header.bytes, writtenAt: header.writtenAt, version: header.version, sha256 };
}

/** @throws Failure `conflict` where there is such a file: nothing is replaced */
export async function exportData({ vm, facts }: At, { folder, name }: IpcStreams['data/export']['params'], session: Session): Promise<void> {
  requireAbsolute(folder);
  const path = join(folder, name);
  if (await exists(path)) throw new Failure('conflict', `${path} exists.`, { hint: 'Choose another name.' });
  if (!(await exists(folder))) throw new Failure('not-found', `There is no folder ${folder}.`);
  const archive = await withVmAtRest(vm, session, async (files) => {
    await exportDisk(files.dataDisk, path, facts.version, { signal: session.signal, onProgress: progressTo(session) });
    return describe(path);
  });
  await session.send({ type: 'exported', archive });
}

export async function importData({ vm }: At, { path }: IpcStreams['data/import']['params'], session: Session): Promise<void> {
  requireAbsolute(path);
  // What is no export at all stops nothing that runs.
  await readArchive(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new Failure('not-found', `There is no file ${path}.`) : error;
  });
  const { aside } = await withVmAtRest(vm, session, async (files) => {
    const imported = await importDisk(path, files.dataDisk, { signal: session.signal, onProgress: progressTo(session) });
    // A kept VM has looked at the disk that was there: what it remembers of it is not for this one.
    await rm(files.snapshot, { recursive: true, force: true });
    return imported;
  });
  await session.send({ type: 'imported', ...(aside === null ? {} : { aside }) });
}

/** Where it ran it runs again afterwards, however it went; how that goes is told by its state. */
async function withVmAtRest<T>(vm: Vm, session: Session, work: (files: InstanceFiles) => Promise<T>): Promise<T> {
  const wasUp = vm.state.status !== 'stopped' && vm.state.status !== 'failed';
  await session.send({ type: 'stopping' });
  try {
    return await vm.atRest(work);
  } finally {
    if (wasUp) vm.start().catch(() => undefined);
  }
}

function progressTo(session: Session): (done: number, total: number) => void {
  let toldAt = 0;
  return (done, total) => {
    const now = performance.now();
    if (done < total && now - toldAt < tellEveryMs) return;
    toldAt = now;
    // A window that went away has aborted the work itself.
    session.send({ type: 'progress', done, total }).catch(() => undefined);
  };
}

function requireAbsolute(path: string): void {
  if (!isAbsolute(path)) throw new Failure('invalid', `${path} is no absolute path.`);
}

const exists = (path: string): Promise<boolean> => access(path).then(() => true, () => false);
