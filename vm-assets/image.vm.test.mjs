import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from './build.mjs';
import { Guest } from './testing/guest.mjs';

const work = mkdtempSync(join(tmpdir(), 'slipway-image-'));
const image = join(work, 'image');
const guests = [];
const boot = (options = {}) => {
  const guest = new Guest({ image, ...options });
  guests.push(guest);
  return guest;
};

beforeAll(async () => {
  await buildImage({ engine: join(import.meta.dirname, 'testing/stand-in-engine'), out: image });
});
afterAll(async () => {
  for (const guest of guests) await guest.dispose();
  rmSync(work, { recursive: true, force: true });
});

describe('the build', () => {
  const engine = join(import.meta.dirname, 'testing/stand-in-engine');

  it('does nothing when nothing changed', async () => {
    expect(await buildImage({ engine, out: image })).toMatchObject({ built: false });
  });

  it('gives the same bytes from an empty work folder', async () => {
    const cache = join(work, 'cache');
    const downloads = process.env.SLIPWAY_CACHE || join(import.meta.dirname, 'cache');
    // Only what was downloaded is shared; everything made of it is made anew.
    cpSync(join(downloads, 'blobs'), join(cache, 'blobs'), { recursive: true });
    const again = await buildImage({ engine, out: join(work, 'again'), cache });
    expect(again.built).toBe(true);
    expect(again.manifest.files).toEqual((await buildImage({ engine, out: image })).manifest.files);
  });
});

describe('a booted image', () => {
  let guest;
  beforeAll(async () => {
    guest = boot();
    await guest.line('"listening"');
  });
  const output = async (command) => (await guest.run(command)).stdout.trim();

  it('reports its phases on the console, in order', () => {
    const phases = guest.lines.filter((line) => line?.startsWith('slipway: ') || line?.includes('"listening"'));
    expect(phases[0]).toBe('slipway: kernel');
    expect(phases[1]).toBe('slipway: guest');
    expect(phases[2]).toContain('/run/slipway/docker.sock');
    expect(phases).toHaveLength(3);
  });

  it('has a new ext4 data disk that gives freed blocks back', async () => {
    expect(await output("grep ' /var/lib/slipway ' /proc/mounts")).toMatch(/^\/dev\/vd[ab] \/var\/lib\/slipway ext4 rw,noatime,.*discard/);
  });

  it('has cgroup v2 with its controllers delegated', async () => {
    expect((await output('cat /sys/fs/cgroup/cgroup.subtree_control')).split(' ').sort()).toEqual(expect.arrayContaining(['cpu', 'cpuset', 'io', 'memory', 'pids']));
    expect(await output("grep ' /sys/fs/cgroup ' /proc/mounts")).toMatch(/^cgroup2 .*nsdelegate/);
  });

  it('has network, channels and key', async () => {
    expect(await output('ip -4 -o addr show eth0')).toContain('10.0.2.15/24');
    expect(await output('ip route')).toContain('default via 10.0.2.2');
    expect(await output('cat /etc/resolv.conf')).toBe('nameserver 10.0.2.3');
    expect(await output('ls /dev/virtio-ports')).toBe('slipway.0\nslipway.1\nslipway.2');
    expect(await output('wc -c < /sys/firmware/qemu_fw_cfg/by_name/opt/slipway/key/raw')).toBe('32');
  });

  it('has the devices that containers ask for', async () => {
    await expect.poll(() => output('ls /dev/fuse /dev/net/tun /dev/loop-control'), { timeout: 30_000 }).toBe('/dev/fuse\n/dev/loop-control\n/dev/net/tun');
  });

  it('has the tools that the engine calls, with all their libraries', async () => {
    for (const command of ['crun --version', 'nft --version', '/usr/bin/ip -V', '/usr/bin/tar --version', '/usr/bin/ps -ef', 'zstd --version', '/usr/bin/xz --version', '/usr/bin/gzip --version', '/usr/sbin/tc -V', 'node --version']) {
      expect(await guest.run(command), command).toMatchObject({ code: 0 });
    }
  });

  it('runs a container, with an overlay, a veth pair and a masquerading rule', async () => {
    const script = `set -e; cd /var/lib/slipway; mkdir -p t/lower/bin t/upper t/work t/b/rootfs; cp /usr/bin/busybox t/lower/bin/; ln -s busybox t/lower/bin/sh
      mount -t overlay -o lowerdir=t/lower,upperdir=t/upper,workdir=t/work overlay t/b/rootfs; cd t/b; crun spec; sed -i 's/"terminal": true/"terminal": false/; s/"sh"/"sh","-c","echo hello from $((6*7))"/' config.json
      crun run test; cd ../..; umount t/b/rootfs; rm -rf t
      /usr/bin/ip link add br0 type bridge; /usr/bin/ip link add v0 type veth peer name v1; /usr/bin/ip link set v0 master br0
      nft 'add table ip t; add chain ip t post { type nat hook postrouting priority srcnat; }; add rule ip t post oifname eth0 masquerade'; nft list ruleset`;
    const result = await guest.run(script);
    expect(result.stderr).toBe('');
    expect(result.stdout).toContain('hello from 42');
    expect(result.stdout).toContain('masquerade');
  });

  it('starts the engine again when it dies, and leaves other processes alone', async () => {
    await guest.run('setsid sleep 1000 > /dev/null 2>&1 &');
    const from = guest.lines.length;
    guest.endEngine(3);
    expect(await guest.line('the engine ended', from)).toContain('status 3');
    await guest.line('"listening"', from);
    expect(await output('pidof sleep')).not.toBe('');
  });

  it('powers off with the disk clean and everything written', async () => {
    await guest.run('echo kept > /var/lib/slipway/kept');
    guest.run('setsid /usr/sbin/poweroff').catch(() => {});
    await guest.line('slipway: power off');
    expect(await guest.vm.exited).toBe(0);

    const next = boot({ folder: guest.folder });
    await next.line('"listening"');
    expect((await next.run('cat /var/lib/slipway/kept; dmesg | grep -i -c recover')).stdout.trim()).toBe('kept\n0');
    await next.kill();
  });

  it('recovers its disk after the VM was killed in the middle of writing', async () => {
    const killed = boot({ folder: guest.folder });
    await killed.line('"listening"');
    await killed.run('echo finished > /var/lib/slipway/finished; sync; (while :; do echo x >> /var/lib/slipway/unfinished; done) > /dev/null 2>&1 &');
    await killed.kill();
    const next = boot({ folder: guest.folder });
    await next.line('"listening"');
    expect((await next.run('cat /var/lib/slipway/finished')).stdout).toBe('finished\n');
    await next.kill();
  });
});

describe('a data disk that cannot be used', () => {
  it('is left alone when it holds something else', async () => {
    const folder = mkdtempSync(join(work, 'foreign-'));
    const data = join(folder, 'data.raw');
    writeFileSync(data, Buffer.concat([Buffer.alloc(4096), Buffer.from("somebody's data"), Buffer.alloc(8 << 20)]));
    const guest = boot({ folder, data });
    expect(await guest.line('slipway: failed')).toBe('slipway: failed data disk: it holds something that is no ext4 file system');
    await guest.kill();
    expect(spawnSync('grep', ['-c', "somebody's data", data], { encoding: 'utf8' }).stdout.trim()).toBe('1');
  });

  it('is repaired when it is damaged', async () => {
    const folder = mkdtempSync(join(work, 'damaged-'));
    const data = join(folder, 'data.raw');
    writeFileSync(data, Buffer.alloc(48 << 20));
    spawnSync('mke2fs', ['-q', '-F', '-t', 'ext4', data]);
    // Without its root directory a file system that was left clean does not mount.
    spawnSync('debugfs', ['-w', '-R', 'clri <2>', data]);
    const guest = boot({ folder, data });
    await guest.line('the data disk is damaged; repairing it');
    await guest.line('"listening"');
    await expect.poll(async () => (await guest.run('touch /var/lib/slipway/written && grep -c " /var/lib/slipway ext4 rw" /proc/mounts')).stdout.trim(), { timeout: 60_000, interval: 500 }).toBe('1');
    await guest.kill();
  });
});
