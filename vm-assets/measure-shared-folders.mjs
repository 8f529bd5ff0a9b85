// What QEMU's own ways to share a folder carry, beside shared folders of our own (npm run test:vm:full -- shared-folders): the same work, kernel and files, under TCG.
//   node scripts/with-node.mjs vm-assets/measure-shared-folders.mjs [--rounds N] [--image DIR]
// 9p with and without its cache, and virtiofsd where Debian's is installed (as root). In turns, medians. The VM runs a script of the shell in place of the engine.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { boot } from './boot.mjs';
import { writeCpio } from './build/formats/cpio.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' }, image: { type: 'string', default: join(import.meta.dirname, 'out', process.arch === 'arm64' ? 'arm64' : 'amd64') } } });
const [fileCount, folderCount, megabytes] = [10_000, 100, 64];
const virtiofsd = ['/usr/lib/qemu/virtiofsd', '/usr/libexec/virtiofsd'].find((path) => existsSync(path));

const folder = mkdtempSync(join(tmpdir(), 'slipway-carry-'));
const shared = join(folder, 'shared');
for (let index = 0; index < fileCount; index++) {
  const below = join(shared, 'tree', String(index % folderCount));
  if (index < folderCount) mkdirSync(below, { recursive: true });
  writeFileSync(join(below, `${index}.js`), `export default ${index};\n`);
}

/** The first root's init hands over to the script, as it would to the guest's own. */
function initrd(mount) {
  const work = [`dd if=/dev/zero of=/mnt/big bs=1M count=${megabytes} conv=fsync`, 'forget', 'cat /mnt/big', 'cat /mnt/big', 'forget', 'list', 'list', 'forget', 'sh -c "find /mnt/tree -type f | xargs cat"'];
  const script = `export PATH=/usr/bin:/usr/sbin:/bin:/sbin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t tmpfs tmp /mnt
forget() { sync; echo 3 > /proc/sys/vm/drop_caches; }
list() { find /mnt/tree -type f -size +0 -mtime -1; }
now() { read up rest < /proc/uptime; echo "mark $up"; }
${mount} || echo failed
now
${work.map((line) => `${line} > /dev/null 2>&1; now`).join('\n')}
echo done
poweroff -f
`;
  const init = readFileSync(join(import.meta.dirname, 'initrd/init'), 'utf8').replace('exec chroot . /usr/sbin/init', 'exec chroot . /usr/bin/busybox sh /run/work');
  const copied = init.replace("cd /newroot ||", 'mount -t tmpfs run /newroot/run\nbusybox cp /work /newroot/run/work\ncd /newroot ||');
  const path = join(folder, 'extra.cpio');
  writeFileSync(path, Buffer.concat([readFileSync(join(values.image, 'initrd.cpio')), writeCpio([{ path: 'init', mode: 0o100755, body: copied }, { path: 'work', mode: 0o100755, body: script }])]));
  return path;
}

const ninePDevice = ['-virtfs', `local,path=${shared},mount_tag=share,security_model=none`];
const ninePModules = 'modprobe 9pnet_virtio; modprobe 9p';
const ways = [
  { name: '9p, cache=none', mount: `${ninePModules}; mount -t 9p -o trans=virtio,version=9p2000.L,msize=1048576,cache=none share /mnt`, extra: () => ninePDevice },
  { name: '9p, cache=loose', mount: `${ninePModules}; mount -t 9p -o trans=virtio,version=9p2000.L,msize=1048576,cache=loose share /mnt`, extra: () => ninePDevice },
  ...(virtiofsd === undefined ? [] : [{ name: 'virtiofsd, cache=auto', mount: 'modprobe virtiofs; mount -t virtiofs share /mnt', daemon: true, extra: (socket) => ['-chardev', `socket,id=fs,path=${socket}`, '-device', 'vhost-user-fs-pci,chardev=fs,tag=share', '-object', 'memory-backend-memfd,id=mem,size=1G,share=on', '-machine', 'memory-backend=mem'] }]),
];

async function measure({ mount, extra, daemon }) {
  const place = mkdtempSync(join(folder, 'vm-'));
  const socket = join(place, 'fs.sock');
  const server = daemon ? spawn(virtiofsd, [`--socket-path=${socket}`, '-o', `source=${shared}`, '-o', 'cache=auto', '-o', 'sandbox=chroot'], { stdio: 'ignore' }) : undefined;
  while (daemon && !existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 20));
  const lines = [];
  const vm = boot({ image: values.image, folder: place, extra: ['-initrd', initrd(mount), ...extra(socket)], onLine: (line) => lines.push(line) });
  await vm.exited;
  server?.kill();
  const marks = lines.filter((line) => line.startsWith('mark ')).map((line) => Number(line.slice(5)));
  if (marks.length !== 10 || lines.includes('failed')) throw new Error(lines.slice(-20).join('\n'));
  const [write, , read, again, , stat, warm, , content] = marks.slice(1).map((mark, index) => mark - marks[index]);
  return { 'write, MiB/s': megabytes / write, 'read, MiB/s': megabytes / read, 'read again, MiB/s': megabytes / again, 'stat of 10,000 files, s': stat, 'at once again, s': warm, 'list and read them, s': content };
}

try {
  const samples = new Map(ways.map(({ name }) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) for (const way of ways) samples.get(way.name).push(await measure(way));
  const median = (all) => all.sort((a, b) => a - b)[all.length >> 1];
  console.table(Object.fromEntries([...samples].map(([name, rounds]) => [name, Object.fromEntries(Object.keys(rounds[0]).map((key) => [key, Number(median(rounds.map((round) => round[key])).toPrecision(3))]))])));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
