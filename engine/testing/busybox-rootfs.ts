import { chmodSync, copyFileSync, existsSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../lib/processes/run-command.ts';

const busybox = ['/bin/busybox', '/usr/bin/busybox'];

/** Fills a folder with a small root file system: a static busybox with all its names, and account files. */
export async function makeBusyboxRootfs(directory: string): Promise<void> {
  const binary = busybox.find((path) => existsSync(path));
  if (binary === undefined) throw new Error('busybox is missing: install busybox-static');
  for (const name of ['bin', 'dev', 'etc', 'mnt', 'proc', 'root', 'run', 'sys', 'tmp', 'var']) mkdirSync(join(directory, name), { recursive: true });
  chmodSync(join(directory, 'tmp'), 0o1777);
  const target = join(directory, 'bin/busybox');
  copyFileSync(binary, target);
  chmodSync(target, 0o755);
  for (const name of (await runCommand(binary, ['--list'])).stdout.trim().split('\n')) {
    if (name !== 'busybox') linkSync(target, join(directory, 'bin', name));
  }
  writeFileSync(join(directory, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1001:Web:/var/web:/bin/sh\n');
  writeFileSync(join(directory, 'etc/group'), 'root:x:0:\nwww:x:1001:\nstaff:x:50:web,other\n');
}
