import { closeSync, constants, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CloneFlag, inNamespace, getrlimit, kill, pidfdOpen, poll, PollEvent, readNow, reap, tryLock } from './process.ts';
import { bindMount, lgetxattr, llistxattr, lsetxattr, mkfifo, mknod, mount, openInRoot, SyscallError, umount2 } from './files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syscalls-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function caught(work: () => unknown): SyscallError {
  try {
    work();
  } catch (error) {
    return error as SyscallError;
  }
  throw new Error('nothing was thrown');
}

describe('mounts and files', () => {
  it('mounts, binds read-only and unmounts', () => {
    const [source, target] = [join(folder, 'a'), join(folder, 'b')];
    mkdirSync(source);
    mkdirSync(target);
    mount({ source: 'tmpfs', target: source, type: 'tmpfs', data: 'size=64k' });
    try {
      writeFileSync(join(source, 'x'), 'here');
      bindMount(source, target, { readOnly: true });
      try {
        expect(readFileSync(join(target, 'x'), 'utf8')).toBe('here');
        expect(caught(() => writeFileSync(join(target, 'y'), '')).code).toBe('EROFS');
      } finally {
        umount2(target);
      }
    } finally {
      umount2(source);
    }
    expect(readdirSync(source)).toEqual([]);
  });

  it('names call, path and code in its errors', () => {
    const error = caught(() => mount({ source: 'tmpfs', target: join(folder, 'missing'), type: 'tmpfs' }));
    expect(error).toBeInstanceOf(SyscallError);
    expect(error).toMatchObject({ code: 'ENOENT', syscall: 'mount', path: join(folder, 'missing') });
    expect(error.message).toContain('missing');
  });

  it('makes whiteouts, devices with large minors, and fifos without the umask', () => {
    mknod(join(folder, 'whiteout'), constants.S_IFCHR);
    expect(statSync(join(folder, 'whiteout')).rdev).toBe(0);
    mknod(join(folder, 'device'), constants.S_IFCHR | 0o666, { major: 10, minor: 1000 });
    expect(spawnSync('stat', ['-c', '%t:%T %a', join(folder, 'device')], { encoding: 'utf8' }).stdout.trim()).toBe('a:3e8 666');
    mkfifo(join(folder, 'fifo'), 0o666);
    expect(statSync(join(folder, 'fifo')).mode & 0o7777).toBe(0o666);
    expect(statSync(join(folder, 'fifo')).isFIFO()).toBe(true);
  });

  it('sets, reads and lists extended attributes', () => {
    lsetxattr(folder, 'trusted.overlay.opaque', 'y');
    expect(lgetxattr(folder, 'trusted.overlay.opaque')?.toString()).toBe('y');
    expect(lgetxattr(folder, 'trusted.none')).toBeUndefined();
    expect(llistxattr(folder)).toContain('trusted.overlay.opaque');
  });

  it('keeps links and dots inside the root', () => {
    writeFileSync(join(folder, 'passwd'), 'inside');
    mkdirSync(join(folder, 'etc'));
    symlinkSync('/passwd', join(folder, 'etc/absolute'));
    symlinkSync('../../../../../../passwd', join(folder, 'etc/dots'));
    const root = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
    for (const name of ['etc/absolute', '/etc/dots', '../../passwd']) {
      const fd = openInRoot(root, name);
      expect(readFileSync(fd, 'utf8')).toBe('inside');
      closeSync(fd);
    }
    expect(caught(() => openInRoot(root, '/etc/shadow')).code).toBe('ENOENT');
    closeSync(root);
  });
});

describe('processes', () => {
  it('polls a pidfd until its process ends', async () => {
    const child = spawn('sleep', ['100']);
    const pidfd = pidfdOpen(child.pid!);
    try {
      expect(poll(pidfd, PollEvent.in)).toBe(0);
      kill(child.pid!, 9);
      expect(poll(pidfd, PollEvent.in, 10_000)).toBe(PollEvent.in);
      await once(child, 'exit');
      expect(caught(() => kill(child.pid!, 0)).code).toBe('ESRCH');
      expect(caught(() => reap(child.pid!)).code).toBe('ECHILD');
    } finally {
      closeSync(pidfd);
    }
  });

  it('enters a network namespace for one piece of work and comes back', async () => {
    const child = spawn('unshare', ['-n', 'sh', '-c', 'echo; sleep 100']);
    await once(child.stdout, 'data');
    const home = readlinkSync('/proc/thread-self/ns/net');
    const inside = inNamespace(`/proc/${child.pid}/ns/net`, CloneFlag.newNet, () => readlinkSync('/proc/thread-self/ns/net'));
    expect(inside).not.toBe(home);
    expect(() => inNamespace(`/proc/${child.pid}/ns/net`, CloneFlag.newNet, () => { throw new Error('mine'); })).toThrow('mine');
    expect(readlinkSync('/proc/thread-self/ns/net')).toBe(home);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('reads without an exception when there is nothing', () => {
    mkfifo(join(folder, 'fifo'));
    const fd = openSync(join(folder, 'fifo'), constants.O_RDWR | constants.O_NONBLOCK);
    expect(readNow(fd, Buffer.alloc(8))).toBe('again');
    writeFileSync(fd, 'abc');
    expect(readNow(fd, Buffer.alloc(8))).toBe(3);
    closeSync(fd);
  });

  it('locks a file once', () => {
    writeFileSync(join(folder, 'lock'), '');
    const [first, second] = [openSync(join(folder, 'lock'), 'r'), openSync(join(folder, 'lock'), 'r')];
    expect(tryLock(first)).toBe(true);
    expect(tryLock(second)).toBe(false);
    closeSync(first);
    expect(tryLock(second)).toBe(true);
    closeSync(second);
    expect(existsSync(join(folder, 'lock'))).toBe(true);
  });

  it('reads limits', () => {
    const noFile = 7;
    expect(getrlimit(noFile).hard).toBe(Number(spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout));
  });
});
