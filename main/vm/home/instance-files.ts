import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where one instance keeps what it needs, below SLIPWAY_HOME. */
export interface InstanceFiles {
  home: string;
  dataDisk: string;
  /** 0700; sockets and secrets of the running VM. */
  run: string;
  qmpSocket: string;
  channelSockets: string[];
  /** For files of shared folders alone. */
  fileSocket: string;
  /** A VM's state passes here when it is kept or restored. */
  migrationSocket: string;
  /** What the guest sends to the network, and what of it may go on: see network-guard. */
  guardSockets: { outgoing: string; allowed: string };
  key: string;
  /** What the guest is to do: `engine/guest/start-order.ts` reads it. */
  order: string;
  /** This VM's memory, where it has a file; gone once QEMU holds it. */
  ram: string;
  /** See snapshot-store.ts. */
  snapshot: string;
  /** The VM image that worked; see kept-images.ts. */
  images: string;
  /** See suspend-store.ts. */
  suspended: string;
  lock: string;
  /** Sizes and times of image files whose checksums were right. */
  verifiedImage: string;
  /** What QEMU's programs said of themselves, and what their files looked like then. */
  knownQemu: string;
}

/** @param format see `VmDriver.diskFormat` */
export function instanceFiles(home: string, format: 'qcow2' | 'vhdx' = 'qcow2'): InstanceFiles {
  const run = join(home, 'run');
  return {
    home,
    dataDisk: join(home, `data.${format}`),
    run,
    qmpSocket: join(run, 'qmp.sock'),
    channelSockets: [join(run, 'channel-0.sock'), join(run, 'channel-1.sock')],
    fileSocket: join(run, 'channel-2.sock'),
    migrationSocket: join(run, 'migration.sock'),
    guardSockets: { outgoing: join(run, 'net-outgoing.sock'), allowed: join(run, 'net-allowed.sock') },
    key: join(run, 'instance.key'),
    order: join(run, 'start-order'),
    ram: join(run, 'ram'),
    snapshot: join(home, 'snapshot'),
    images: join(home, 'images'),
    suspended: join(home, 'suspended'),
    lock: join(run, 'lock'),
    verifiedImage: join(home, 'verified-image.json'),
    knownQemu: join(home, 'known-qemu.json'),
  };
}

/**
 * Makes home and `run/` 0700, whatever the umask is. Nobody else can enter them, which also guards the sockets in the
 * moment between their making and their chmod.
 * @throws Error when something else than a folder of this user lies there.
 */
export async function makeInstanceFolders(files: InstanceFiles): Promise<void> {
  for (const folder of [files.home, files.run]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const stat = await lstat(folder);
    if (!stat.isDirectory()) throw new Error(`${folder} is not a folder`);
    if (process.getuid !== undefined && stat.uid !== process.getuid()) throw new Error(`${folder} belongs to another user`);
    await chmod(folder, 0o700);
  }
}

/** A new key for one start of the VM: 32 bytes, 0600. QEMU reads the file; the key stands on no command line. */
export async function writeInstanceKey(files: InstanceFiles): Promise<Buffer> {
  const key = randomBytes(32);
  await rm(files.key, { force: true });
  const file = await open(files.key, 'wx', 0o600);
  try {
    await file.writeFile(key);
  } finally {
    await file.close();
  }
  return key;
}

/** Of a fixed size, as the guest's kernel learns it once: a VM that was restored reads another file under the same name. */
export async function writeStartOrder(files: InstanceFiles, order: 'go' | 'park'): Promise<void> {
  await writeFile(files.order, `${`${order} ${Date.now()}`.padEnd(31)}\n`, { mode: 0o600 });
}

/** What an earlier VM left in `run/`: QEMU removes its sockets on an orderly end only. */
export async function removeStaleSockets(files: InstanceFiles): Promise<void> {
  for (const path of [files.qmpSocket, ...files.channelSockets, files.fileSocket, ...Object.values(files.guardSockets), files.migrationSocket]) await rm(path, { force: true });
}
