import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { callEngine } from '../channel/engine-call.ts';
import { GuestConnection } from '../channel/guest-connection.ts';
import { freePort } from '../testing/free-port.ts';
import { bootServedVm, type ServedVm } from '../testing/served-vm.ts';
import { createUefiDriver, uefiFirmware } from '../testing/uefi-driver.ts';

/**
 * The image's half of Hyper-V: the disk that its VMs boot, booted by UEFI in QEMU. What is Hyper-V's own (its bus, its network card, its sockets between host and guest)
 * is not here; its sockets' other end is, by the kernel's loopback.
 */
const projectRoot = join(import.meta.dirname, '../../..');
const relay = readFileSync(join(import.meta.dirname, '../testing/vsock-relay.cjs'), 'utf8');
const relayPort = 7000;
if (uefiFirmware === undefined) console.log('There is no UEFI firmware for QEMU here, so its tests are left out: apt install ovmf, or SLIPWAY_OVMF=FILE.');

describe.runIf(process.platform === 'linux' && process.arch === 'x64' && uefiFirmware !== undefined)('the boot disk, booted by UEFI', () => {
  let folder: string;
  let served: ServedVm;
  /** Output of a shell command in the guest itself. */
  const inGuest = (command: string) => served.docker('run', '--rm', '--privileged', '--pid', 'host', '--network', 'host', 'slipway/hello', 'busybox', 'chroot', '/proc/1/root', 'sh', '-c', command);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-uefi-'));
    const image = join(folder, 'image');
    execFileSync(process.execPath, [join(projectRoot, 'vm-assets/build.mjs'), '--hyperv', '--out', image], { cwd: projectRoot });
    served = await bootServedVm({ driver: createUefiDriver(), imageDirectory: image, deadlines: { kernelMs: 600_000, guestMs: 300_000, engineMs: 600_000 } });
  }, 1_500_000);
  afterAll(async () => {
    await served.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('has its root and its data disk on the SCSI controller', async () => {
    expect(served.vm.state).toMatchObject({ status: 'running' });
    const mounts = await inGuest('cat /proc/1/mounts');
    expect(mounts).toMatch(/^\/dev\/sd[abc]2 \/ erofs ro/m);
    expect(mounts).toMatch(/^\/dev\/sd[abc] \/var\/lib\/slipway ext4 rw,noatime.*discard/m);
  });

  it('is asked for its size when it was made larger', async () => {
    const wanted = 8 * 1024 ** 3;
    const { status, body } = await callEngine(() => served.vm.openStream({ kind: 'api' }), 'POST', `/slipway/grow-disk?bytes=${wanted}`, AbortSignal.timeout(120_000));
    expect({ status, body }).toMatchObject({ status: 200 });
    expect((JSON.parse(body) as { Bytes: number }).Bytes).toBeGreaterThan(0.9 * wanted);
  });

  it('got its address, its name server and its gateway by DHCP', async () => {
    expect(await inGuest('ip -4 -o addr show eth0; ip route; cat /etc/resolv.conf; pidof udhcpc')).toMatch(/inet 10\.0\.2\.\d+\/24[^]*default via 10\.0\.2\.2 [^]*nameserver 10\.0\.2\.3\n\d+$/);
    expect(await served.docker('run', '--rm', '--add-host', 'me:host-gateway', 'slipway/hello', 'cat', '/etc/hosts')).toMatch(/^10\.0\.2\.2\tme$/m);
  });

  it('keeps the secrets of its start to root', async () => {
    const key = readFileSync(join(served.home, 'run/instance.key'));
    expect(await inGuest('stat -c %a:%s /run/slipway/seed/key /run/slipway/seed/order; stat -c %a /run/slipway/seed; hexdump -v -e \'/1 "%02x"\' /run/slipway/seed/key')).toBe(`600:32\n600:32\n700\n${key.toString('hex')}`);
  });

  it('answers on the socket that Hyper-V connects to', async () => {
    // What answers first of an engine, beside the one that runs: it waits for its disk for ever.
    const engine = `modprobe vsock_loopback; mkfifo /run/never; SLIPWAY_DISK_READY=/run/never exec node /opt/slipway/engine/vm.cjs --root /run/second --socket /run/second.sock
      --guest-key /run/slipway/seed/key --guest-order /run/slipway/seed/order --guest-port vsock:1936484720 --guest-port vsock:1936484720`.replaceAll('\n', ' ');
    const port = await freePort();
    const privileged = ['--privileged', '--pid', 'host', '-e', `RELAY=${relay}`];
    await served.docker('run', '-d', '--name', 'second', ...privileged, 'slipway/hello', 'busybox', 'chroot', '/proc/1/root', 'sh', '-c', engine);
    await served.docker('run', '-d', '--name', 'relay', ...privileged, '-p', `127.0.0.1:${port}:${relayPort}`, 'slipway/hello', 'busybox', 'chroot', '/proc/1/root', 'sh', '-c', `exec node -e "$RELAY" ${relayPort}`);
    await expect.poll(() => served.docker('logs', 'relay'), { timeout: 120_000, interval: 500 }).toContain('relays');

    // In the place of the pipes that PowerShell serves.
    const pipes = ['one', 'two'].map((name) => join(folder, name));
    for (const path of pipes) {
      const ends = new Set<Socket>();
      const server = createServer((app) => {
        const guest = connect(port, '127.0.0.1');
        for (const end of [app, guest]) {
          ends.add(end);
          end.on('error', () => undefined).on('close', () => (app.destroy(), guest.destroy()));
        }
        app.pipe(guest).pipe(app);
      }).listen(path);
      onTestFinished(() => {
        server.close();
        for (const end of ends) end.destroy();
      });
    }
    const key = readFileSync(join(served.home, 'run/instance.key'));
    const guest = new GuestConnection({ paths: pipes, key, authority: () => null, onChange: () => undefined, log: () => undefined });
    onTestFinished(() => guest.close());
    const ping = () => callEngine(() => guest.openStream({ kind: 'api' }), 'GET', '/_ping', AbortSignal.timeout(60_000)).then(({ status, body }) => [status, body]);
    await expect.poll(() => ping().catch(String), { timeout: 180_000, interval: 500 }).toEqual([200, 'OK']);
    // And again by way of both connections.
    await expect(Promise.all(Array.from({ length: 8 }, ping))).resolves.toEqual(Array.from({ length: 8 }, () => [200, 'OK']));
  });

  it('is off after its stop, with its disk in order', async () => {
    await served.vm.stop();
    expect(served.vm.state.status).toBe('stopped');
    expect(execFileSync('qemu-img', ['check', '-f', 'vhdx', join(served.home, 'data.vhdx')], { encoding: 'utf8' })).toContain('No errors were found');
  });
});
