import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.ts';
import { VmStartError } from '../start-error.ts';

interface LockContent {
  owner: ProcessIdentity;
  /** The hypervisor that the owner started. */
  vm: ProcessIdentity | null;
}

/** Held from the beginning of a start until the VM has ended. One home, one instance. */
export interface InstanceLock {
  /** Writes down which process to end should this one die. */
  recordVm(pid: number): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the lock. A lock of a process that is dead is taken over after `endOrphan` has ended the VM which it may have left.
 * @throws VmStartError `already-running`, with the number of the process that has it.
 */
export async function acquireInstanceLock(path: string, endOrphan: (pid: number) => Promise<void>): Promise<InstanceLock> {
  const owner = await identifyProcess(process.pid);
  if (owner === null) throw new Error(`this process (${process.pid}) cannot be identified`);
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await create(path, { owner, vm: null })) return heldLock(path, owner);
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text === null) continue;
    const content = parseLock(text);
    if (content !== null && (await isAlive(content.owner))) throw alreadyRunning(path, content.owner.pid);
    if (content?.vm != null && (await isAlive(content.vm))) await endOrphan(content.vm.pid);
    await removeStale(path, text);
  }
  throw alreadyRunning(path, null);
}

async function create(path: string, content: LockContent): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(JSON.stringify(content)).finally(() => file.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock that was read, and not one that another start has made meanwhile: that one is put back. */
async function removeStale(path: string, text: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) === text) await rm(aside, { force: true });
  else await rename(aside, path);
}

function heldLock(path: string, owner: ProcessIdentity): InstanceLock {
  return {
    recordVm: async (pid) => {
      const next = `${path}.next`;
      await writeFile(next, JSON.stringify({ owner, vm: await identifyProcess(pid) } satisfies LockContent), { mode: 0o600 });
      await rename(next, path);
    },
    release: () => rm(path, { force: true }),
  };
}

/** Null for a lock that was cut off while it was written: its owner died in that moment. */
function parseLock(text: string): LockContent | null {
  try {
    const value = JSON.parse(text) as Partial<LockContent>;
    const owner = value.owner;
    if (typeof owner?.pid !== 'number' || typeof owner.started !== 'string') return null;
    const vm = value.vm;
    return { owner, vm: typeof vm?.pid === 'number' && typeof vm.started === 'string' ? vm : null };
  } catch {
    return null;
  }
}

function alreadyRunning(path: string, pid: number | null): VmStartError {
  return new VmStartError({
    code: 'already-running',
    phase: 'requirements',
    message: pid === null ? `Slipway is being started by another process with the same home (${path}).` : `Slipway is already running with the same home: process ${pid} holds ${path}.`,
    steps: [
      { text: 'Use the window that is open already, or close it first.' },
      { text: 'To run a second, separate Slipway, give it a home of its own.', command: 'SLIPWAY_HOME=~/.slipway-two npm start' },
    ],
  });
}
