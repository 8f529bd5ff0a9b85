import { mkdir, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { syncDirectory } from '../lib/files/durable-write.ts';
import type { JsonStore } from '../store/json-store.ts';
import { parseVolumeRecord, type VolumeRecord } from './volume-record.ts';

export interface FormerFolders {
  /** Where volumes lie now, and `data` and `records` of earlier builds with them. */
  data: string;
  /** What is being taken over. It goes when nothing is left in it. */
  former: string;
  records: JsonStore<VolumeRecord>;
  log: (line: string) => void;
}

/**
 * Volumes of builds that had them in `<data>/data/<name>/_data`, with records in `<data>/records`, are moved to where they are now. Each
 * step is a rename or a record that is whole; what a crash cuts off goes on at the next start. Yields after every step.
 */
export async function* takeOverFormerVolumes({ data, former, records, log }: FormerFolders): AsyncGenerator<void, void, void> {
  // A volume of today may have either name, but then its files are in `_data`.
  if ((await isFolder(join(data, 'records'))) && !(await isFolder(join(data, 'records/_data')))) {
    await mkdir(former, { recursive: true, mode: 0o711 });
    // The records last: they are the mark that there is something to do.
    if (await isFolder(join(data, 'data'))) {
      await rename(join(data, 'data'), join(former, 'data'));
      await syncDirectory(former);
      yield;
    }
    await rename(join(data, 'records'), join(former, 'records'));
    await syncDirectory(former);
    await syncDirectory(data);
    yield;
  }
  if (!(await isFolder(former))) return;
  if (await isFolder(join(former, 'data/_data'))) {
    await mkdir(join(data, 'data'), { recursive: true });
    await rename(join(former, 'data/_data'), join(data, 'data/_data'));
    yield;
  }
  let taken = 0;
  for (const name of await namesIn(join(former, 'data'))) {
    if (name.startsWith('.removed-')) {
      await rm(join(former, 'data', name), { recursive: true, force: true });
    } else if (records.has(name) || (await isFolder(join(data, name)))) {
      log(`${join(former, 'data', name)} holds a volume of an earlier build, and there is another of its name: move its files by hand`);
      continue;
    } else {
      await rename(join(former, 'data', name), join(data, name));
      await syncDirectory(data);
      taken += 1;
    }
    yield;
  }
  for (const file of (await namesIn(join(former, 'records'))).filter((entry) => entry.endsWith('.json'))) {
    const path = join(former, 'records', file);
    try {
      const record = parseVolumeRecord((JSON.parse(await readFile(path, 'utf8')) as { value: unknown }).value);
      // The data of one that is in the way waits for somebody to look at it, and its record with it.
      if (await isFolder(join(former, 'data', record.name))) continue;
      if (!records.has(record.name) && (await isFolder(join(data, record.name)))) await records.put(record.name, record);
      yield;
      await rm(path);
    } catch (error) {
      log(`${path}: a volume of an earlier build has no record that can be read: ${messageOf(error)}`);
      continue;
    }
    yield;
  }
  if (taken > 0) log(`took over ${taken} volumes of an earlier build`);
  for (const folder of [join(former, 'data'), join(former, 'records'), former]) await rmdir(folder).catch(ignoreRest);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}

/** What is left there, torn records among it, stays. */
function ignoreRest(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY') throw error;
}
