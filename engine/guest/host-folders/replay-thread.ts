import { closeSync, constants, mkdirSync, openSync, rmdirSync, unlinkSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { parseReplay, replayGid, type ReplayKind } from '../../../contract/channel/shared-files.ts';
import { setFileGroup } from '../../lib/syscalls/process.ts';
import { setModifiedNow } from '../../lib/syscalls/times.ts';

/**
 * Does in the mount of shared folders what was done on the host, so that the kernel tells those who watch (inotify). The host knows this thread by its group, and
 * lets it find what it needs and change nothing. What the kernel is to forget goes through here too: both may wait for a folder that a process of a container holds
 * while it waits for an answer, so the thread that carries answers must do neither.
 */
function replayInto({ fd, target }: { fd: number; target: string }, message: Uint8Array): void {
  const replay = parseReplay(message);
  try {
    if (replay === null) writeSync(fd, message);
    else act[replay.kind](Buffer.concat([Buffer.from(target), replay.path]));
  } catch {
    // Nobody knows of it, or it is gone again.
  }
}

const act: Record<ReplayKind, (path: Buffer) => void> = {
  // A Buffer that goes to the C library ends with a NUL.
  modified: (path) => setModifiedNow(Buffer.concat([path, Buffer.alloc(1)])),
  'made-file': (path) => {
    try {
      closeSync(openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600));
    } catch {
      act.modified(path);
    }
  },
  'made-folder': (path) => mkdirSync(path),
  'removed-file': (path) => unlinkSync(path),
  'removed-folder': (path) => rmdirSync(path),
};

if (parentPort !== null) {
  setFileGroup(replayGid);
  parentPort.on('message', (message: Uint8Array) => replayInto(workerData as { fd: number; target: string }, message));
}
