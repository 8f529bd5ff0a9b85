import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
 *
 * Files appear with their whole content at once (written aside, then linked), so nobody reads half a lock; and only the holder of
 * the claim may replace a dead owner's lock, in one rename, so that of many starts exactly one gets it.
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
    const endLeftVm = async () => {
      if (content?.vm != null && (await isAlive(content.vm))) await endOrphan(content.vm.pid);
    };
    if (await takeOver(path, text, owner, endLeftVm)) return heldLock(path, owner);
  }
  throw alreadyRunning(path, null);
}

let asideCount = 0;

/** Writes the content to a file beside the path, of a name that no other writer has. */
async function writeAside(path: string, content: LockContent): Promise<string> {
  const aside = `${path}.${process.pid}.${asideCount++}`;
  await writeFile(aside, JSON.stringify(content), { mode: 0o600 });
  return aside;
}

/** Answers false when the path exists. */
async function create(path: string, content: LockContent): Promise<boolean> {
  const aside = await writeAside(path, content);
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/** Replaces the dead owner's lock that was read as `text`. Answers false when somebody else does or did. */
async function takeOver(path: string, text: string, owner: ProcessIdentity, beforehand: () => Promise<void>): Promise<boolean> {
  const claim = `${path}.claim`;
  if (!(await create(claim, { owner, vm: null }))) {
    const claimant = parseLock(await readFile(claim, 'utf8').catch(() => ''));
    // A start that died between claim and rename left the claim; the next attempt finds it gone.
    if (claimant !== null && !(await isAlive(claimant.owner))) await rm(claim, { force: true });
    return false;
  }
  try {
    if ((await readFile(path, 'utf8').catch(() => null)) !== text) return false;
    await beforehand();
    await rename(await writeAside(path, { owner, vm: null }), path);
    return true;
  } finally {
    await rm(claim, { force: true });
  }
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

/** Null for a lock that is no lock: damaged by hand or by a power cut. */
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
