import { closeSync, openSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import koffi, { type KoffiFunc } from 'koffi';
import { check, libc } from './libc.ts';

/** Calls that change the whole machine, for a machine that is ours: its clock and its source of randomness. */

const CLOCK_REALTIME = 0;
/** `_IOW('R', 3, int[2])` and `_IO('R', 7)` of linux/random.h. */
const RNDADDENTROPY = 0x40085203;
const RNDRESEEDCRNG = 0x5207;
/** `_IOWR('X', 121, struct fstrim_range)` of linux/fs.h. */
const FITRIM = 0xc0185879;
/** `_IOW('f', 16, __u64)` of fs/ext4/ext4.h. */
const EXT4_IOC_RESIZE_FS = 0x40086610;

const c = {
  clockSettime: libc.func('int clock_settime(int clock, const void *time)'),
  ioctl: libc.func('int ioctl(int fd, unsigned long request, void *argument)'),
  sync: libc.func('void sync()'),
};

/** OpenSSL, which Node's program exports; not looked for before it is needed, as other programs that run this code need not. */
let openssl: { add: KoffiFunc<(...args: unknown[]) => number>; poll: KoffiFunc<(...args: unknown[]) => number> } | undefined;

function opensslCalls() {
  const program = koffi.load(null);
  return { add: program.func('void RAND_add(const void *bytes, int length, double entropy)'), poll: program.func('int RAND_poll()') };
}

/** @throws SyscallError */
export function setClock(unixMs: number): void {
  const seconds = Math.floor(unixMs / 1000);
  const time = new BigInt64Array([BigInt(seconds), BigInt(Math.round((unixMs - seconds * 1000) * 1e6))]);
  check(c.clockSettime(CLOCK_REALTIME, time), 'clock_settime');
}

/** Writes everything out, of all file systems, in another thread. Source: sync(2). */
export function syncDisks(): Promise<void> {
  return promisify(c.sync.async)() as Promise<void>;
}

/** Has the kernel forget clean pages of files, in another thread: it takes a while. With `names` what it keeps of names and inodes too. Source: Documentation/admin-guide/sysctl/vm.rst */
export async function dropCaches({ names }: { names: boolean }): Promise<void> {
  await writeFile('/proc/sys/vm/drop_caches', names ? '3' : '1');
}

/**
 * Tells the disk below a mounted file system which of its blocks are free, in another thread; answers how many bytes were told. A file system looks
 * again only at groups of blocks in which something was freed since. Source: FITRIM in fs/ext4. @throws SyscallError; EOPNOTSUPP where the disk cannot.
 */
export async function trimFreeBlocks(mountPoint: string): Promise<number> {
  // `struct fstrim_range`: start, length, smallest extent; the kernel writes what it trimmed into the length.
  const range = new BigUint64Array([0n, 2n ** 64n - 1n, 0n]);
  const fd = openSync(mountPoint, 'r');
  try {
    check(await (promisify(c.ioctl.async)(fd, FITRIM, range) as Promise<number>), 'ioctl', mountPoint, 'FITRIM');
    return Number(range[1]);
  } finally {
    closeSync(fd);
  }
}

/**
 * Grows a mounted ext4 file system, in another thread, while others go on to use it; each step of it is a transaction of the journal, so a power cut leaves it at
 * one of them. Nothing happens to one that is as large already. Source: ext4_ioctl, ext4_resize_fs of fs/ext4.
 * @param blocks the new size in blocks of the file system; the disk has to have them
 * @throws SyscallError; EBUSY while another one grows it
 */
export async function growExt4(mountPoint: string, blocks: bigint): Promise<void> {
  const fd = openSync(mountPoint, 'r');
  try {
    check(await (promisify(c.ioctl.async)(fd, EXT4_IOC_RESIZE_FS, new BigUint64Array([blocks])) as Promise<number>), 'ioctl', mountPoint, 'EXT4_IOC_RESIZE_FS');
  } finally {
    closeSync(fd);
  }
}

/**
 * Mixes bytes that nobody else knows into the kernel's generator, counts them as entropy, and has the generator take a new key at once.
 * Source: random(4). @throws SyscallError
 */
export function reseedKernel(entropy: Buffer): void {
  // `struct rand_pool_info`: bits, bytes, the bytes.
  const pool = Buffer.alloc(8 + entropy.length);
  pool.writeInt32LE(entropy.length * 8, 0);
  pool.writeInt32LE(entropy.length, 4);
  entropy.copy(pool, 8);
  const fd = openSync('/dev/urandom', 'r+');
  try {
    check(c.ioctl(fd, RNDADDENTROPY, pool), 'ioctl', '/dev/urandom', 'RNDADDENTROPY');
    check(c.ioctl(fd, RNDRESEEDCRNG, null), 'ioctl', '/dev/urandom', 'RNDRESEEDCRNG');
  } finally {
    closeSync(fd);
  }
}

/**
 * Renews OpenSSL's generator in this process: the primary one is seeded anew by the kernel, and those that hang on it notice that (their parent's
 * count has changed) before they give the next byte. Node has no call for it. Source: RAND_add(3ossl).
 * @throws Error when OpenSSL refuses.
 */
export function reseedOpenssl(entropy: Buffer): void {
  openssl ??= opensslCalls();
  openssl.add(entropy, entropy.length, entropy.length);
  if (openssl.poll() !== 1) throw new Error('OpenSSL could not be seeded anew');
}
