import { rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VmStartError } from '../start-error.ts';
import { readDiskHeader } from './disk-header.ts';

const gib = 1024 ** 3;
/** Below this much free space a start is refused: the VM would stop in the middle of its first image. */
const neededBytes = 512 * 1024 * 1024;

interface DiskTools {
  createDisk(path: string, bytes: number): Promise<void>;
  growDisk(path: string, bytes: number): Promise<void>;
}

/** Where a disk is unpacked to before it takes the place of the one at `path`: see disk-archive.ts. */
export const importPart = (path: string): string => `${path}.import`;

/** @throws VmStartError `disk-full` with the free and the needed space. */
export async function requireFreeSpace(folder: string, freeBytes = freeSpace): Promise<void> {
  const free = await freeBytes(folder);
  if (free >= neededBytes) return;
  throw new VmStartError({
    code: 'disk-full',
    phase: 'requirements',
    message: `The disk that holds ${folder} is full: ${megabytes(free)} are free, a start needs ${megabytes(neededBytes)}.`,
    steps: [{ text: 'Free some space on this disk, then try again.', action: 'retry' }, { text: 'Or move the folder to a larger disk and name it in SLIPWAY_HOME.' }],
  });
}

/** Bytes that this user may still write where the folder lies. */
export async function freeSpace(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * Makes the data disk at the first start (sparse: an empty one takes 200 KB) and grows it when the settings ask for more.
 * It never shrinks and is never made anew over an old one. Answers a detail for the window.
 * @throws VmStartError `data-disk-damaged` when the file is no whole qcow2 image, `disk-full` when it cannot be made.
 */
export async function prepareDataDisk(path: string, diskGiB: number, tools: DiskTools): Promise<string> {
  const wanted = Math.round(diskGiB * gib);
  try {
    // Of an import that was killed; one that goes on holds the instance's lock.
    await rm(importPart(path), { force: true });
    const found = await readDiskHeader(path);
    if (found === null) {
      // Made aside and renamed: a start that is cut off leaves no half image under the real name.
      const fresh = `${path}.new`;
      await rm(fresh, { force: true });
      await tools.createDisk(fresh, wanted);
      await rename(fresh, path);
      return `${diskGiB} GiB, new`;
    }
    if (found.virtualSize < wanted) await tools.growDisk(path, wanted);
    return `${Math.round(Math.max(found.virtualSize, wanted) / gib)} GiB, ${megabytes(found.usedBytes)} used`;
  } catch (error) {
    if (error instanceof VmStartError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || /no space left/i.test(String(error))) {
      throw new VmStartError({
        code: 'disk-full',
        phase: 'disk',
        message: `The data disk ${path} could not be made: the disk that holds ${dirname(path)} is full.`,
        steps: [{ text: 'Free some space on this disk, then try again.', action: 'retry' }],
      });
    }
    throw new VmStartError({ code: 'internal', phase: 'disk', message: `The data disk ${path} could not be prepared: ${error instanceof Error ? error.message : String(error)}`, steps: [{ text: 'Try again.', action: 'retry' }] });
  }
}

/** Moves a damaged disk aside, so that the next start makes a new one. What was on it is kept for whoever can repair it. */
export async function setDataDiskAside(path: string): Promise<string | null> {
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  try {
    await rename(path, aside);
    return aside;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function megabytes(bytes: number): string {
  return bytes >= gib ? `${(bytes / gib).toFixed(1)} GiB` : `${Math.round(bytes / 1024 ** 2)} MiB`;
}
