// Boots an image and prints its console with milliseconds since QEMU was started, for development and tests:
//   node scripts/with-node.mjs vm-assets/boot.mjs [--image DIR] [--arch amd64|arm64] [--data FILE] [--until TEXT] [--append "…"] [--keep] [--timeout S]
// With `--until` it ends once the console shows that text. The product's own driver is main/vm; this one has no channel and no state.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const machines = {
  amd64: {
    qemu: 'qemu-system-x86_64',
    args: ['-M', 'q35,usb=off,sata=off,smbus=off,vmport=off,smm=off', '-bios', 'qboot.rom', '-cpu', 'max,-erms,-fsrm'],
  },
  arm64: { qemu: 'qemu-system-aarch64', args: ['-M', 'virt,gic-version=3', '-cpu', 'max,pauth-impdef=on'] },
};

/**
 * Starts QEMU under TCG on an image folder.
 * @param {object} options
 * @param {string} options.image folder with kernel, initrd.cpio, root.erofs, manifest.json
 * @param {string} options.folder for the data disk, the key and the sockets of this VM
 * @param {string} [options.append] more for the kernel command line
 * @param {(line: string, ms: number) => void} options.onLine each line of the console
 * @returns {{process: import('node:child_process').ChildProcess, exited: Promise<number | null>, sockets: string[]}}
 */
export function boot({ image, folder, data = join(folder, 'data.qcow2'), append = '', memory = 1024, cpus = 2, extra = [], onLine }) {
  const manifest = JSON.parse(readFileSync(join(image, 'manifest.json'), 'utf8'));
  const { qemu, args } = machines[manifest.arch];
  if (!existsSync(data)) {
    const made = spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', data, '32G'], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`qemu-img could not make ${data}: ${made.error?.message ?? made.stderr}`);
  }
  const key = join(folder, 'instance.key');
  writeFileSync(key, randomBytes(32), { mode: 0o600 });
  const sockets = [0, 1, 2].map((index) => join(folder, `channel-${index}.sock`));
  const startedAt = performance.now();
  const child = spawn(
    qemu,
    [
      ...args,
      ...['-accel', 'tcg,thread=multi', '-m', String(memory), '-smp', String(cpus), '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
      ...['-kernel', join(image, 'kernel'), '-initrd', join(image, 'initrd.cpio'), '-append', `${manifest.cmdline.base} ${manifest.cmdline.tcg} ${append}`],
      ...['-drive', `id=root,file=${join(image, 'root.erofs')},format=raw,if=none,readonly=on`, '-device', 'virtio-blk-pci,drive=root'],
      ...['-drive', `id=data,file=${data},format=${data.endsWith('.raw') ? 'raw' : 'qcow2'},if=none,discard=unmap,detect-zeroes=unmap`, '-device', 'virtio-blk-pci,drive=data,serial=slipway-data,discard=on'],
      ...['-netdev', 'user,id=n0,ipv6=off', '-device', 'virtio-net-pci,netdev=n0'],
      ...['-device', 'virtio-rng-pci', '-device', 'virtio-balloon-pci,free-page-reporting=on,deflate-on-oom=on', '-device', 'virtio-serial-pci'],
      ...sockets.flatMap((path, index) => ['-chardev', `socket,id=channel${index},path=${path},server=on,wait=off`, '-device', `virtserialport,chardev=channel${index},name=slipway.${index}`]),
      ...['-fw_cfg', `name=opt/slipway/key,file=${key}`],
      ...extra,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => onLine(line.replace(/\r$/, ''), performance.now() - startedAt));
  const exited = new Promise((resolve, reject) => {
    child.on('error', (error) => reject(error.code === 'ENOENT' ? new Error(`${qemu} is not installed.`, { cause: error }) : error));
    child.on('close', (code) => resolve(code));
  });
  return { process: child, exited, sockets };
}

async function main() {
  const { values } = parseArgs({
    options: {
      image: { type: 'string' }, arch: { type: 'string', default: process.arch === 'arm64' ? 'arm64' : 'amd64' }, data: { type: 'string' }, until: { type: 'string' },
      append: { type: 'string' }, keep: { type: 'boolean' }, timeout: { type: 'string', default: '300' }, memory: { type: 'string' }, cpus: { type: 'string' },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'slipway-boot-'));
  let found = values.until === undefined;
  const vm = boot({
    image: values.image ?? join(import.meta.dirname, 'out', values.arch),
    folder,
    ...(values.data === undefined ? {} : { data: values.data }),
    ...(values.append === undefined ? {} : { append: values.append }),
    ...(values.memory === undefined ? {} : { memory: Number(values.memory) }),
    ...(values.cpus === undefined ? {} : { cpus: Number(values.cpus) }),
    onLine: (line, ms) => {
      console.log(`${ms.toFixed(0).padStart(6)} ms  ${line}`);
      if (values.until !== undefined && line.includes(values.until)) {
        found = true;
        vm.process.kill('SIGKILL');
      }
    },
  });
  process.stdin.pipe(vm.process.stdin).on('error', () => {});
  const deadline = setTimeout(() => vm.process.kill('SIGKILL'), Number(values.timeout) * 1000);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => vm.process.kill('SIGKILL'));
  await vm.exited;
  clearTimeout(deadline);
  process.stdin.destroy();
  if (values.keep) console.log(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  if (!found) {
    console.error(`The console never showed "${values.until}".`);
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
