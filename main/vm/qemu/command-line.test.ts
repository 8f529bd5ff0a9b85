import { describe, expect, it } from 'vitest';
import { qemuArguments, type QemuInstance } from './command-line.ts';

const image = (arch: 'amd64' | 'arm64'): QemuInstance['image'] => ({
  version: '0',
  digest: '',
  arch,
  kernel: '/image/kernel',
  initrd: '/image/initrd.cpio',
  root: '/image/root.erofs',
  commandLine: { base: 'console=ttyS0 quiet', tcg: 'nokaslr mitigations=off' },
});
const linux: QemuInstance = {
  platform: 'linux',
  image: image('amd64'),
  accelerator: 'kvm',
  memoryMiB: 2048,
  cpus: 4,
  dataDisk: '/home/me/.slipway/data.qcow2',
  keyFile: '/home/me/.slipway/run/instance.key',
  orderFile: '/home/me/.slipway/run/start-order',
  qmp: '/home/me/.slipway/run/qmp.sock',
  channels: ['/home/me/.slipway/run/channel-0.sock', '/home/me/.slipway/run/channel-1.sock', '/home/me/.slipway/run/channel-2.sock'],
  guard: { outgoing: '/home/me/.slipway/run/net-outgoing.sock', allowed: '/home/me/.slipway/run/net-allowed.sock' },
};
const windows: Partial<QemuInstance> = { platform: 'win32', accelerator: 'whpx', dataDisk: 'C:\\Users\\me\\.slipway\\data.qcow2', keyFile: 'C:\\Users\\me\\.slipway\\run\\instance.key', qmp: 'slipway-1-qmp', channels: ['slipway-1-channel-0', 'slipway-1-channel-1', 'slipway-1-channel-2'], guard: { outgoing: 'slipway-1-net-outgoing', allowed: 'slipway-1-net-allowed' } };

const cases: [name: string, instance: QemuInstance][] = [
  ['linux-kvm', linux],
  ['linux-tcg', { ...linux, accelerator: 'tcg' }],
  ['linux-tcg-kept', { ...linux, accelerator: 'tcg', memory: { file: '/home/me/.slipway/snapshot/ram', shared: true } }],
  ['linux-tcg-restored', { ...linux, accelerator: 'tcg', memory: { file: '/home/me/.slipway/run/ram', shared: false } }],
  ['linux-tcg-resumed', { ...linux, accelerator: 'tcg', memory: 'from-state' }],
  ['linux-tcg-arm64', { ...linux, accelerator: 'tcg', image: image('arm64') }],
  ['linux-kvm-arm64', { ...linux, image: image('arm64') }],
  ['macos-hvf-x64', { ...linux, platform: 'darwin', accelerator: 'hvf' }],
  ['macos-hvf-arm64', { ...linux, platform: 'darwin', accelerator: 'hvf', image: image('arm64') }],
  ['windows-whpx', { ...linux, ...windows }],
];

describe('QEMU command line', () => {
  it.each(cases)('%s', async (name, instance) => {
    const lines: string[] = [];
    // An option and its value share a line, as a person would read them.
    for (const argument of qemuArguments(instance)) {
      if (argument.startsWith('-') || lines.length === 0) lines.push(argument);
      else lines[lines.length - 1] += ` ${argument}`;
    }
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`testdata/${name}.golden`);
  });

  it.each(cases)('%s opens no network listener and holds no secret', (_name, instance) => {
    const line = qemuArguments(instance).join(' ');
    expect(line).not.toMatch(/hostfwd|tcp:|host=|vnc|telnet|string=/);
  });

  it('doubles the commas of paths, which QEMU would split at', () => {
    const line = qemuArguments({ ...linux, dataDisk: '/home/a,b/data.qcow2', keyFile: '/home/a,b/key' });
    expect(line.filter((argument) => argument.includes('a,,b'))).toHaveLength(2);
    expect(line.filter((argument) => /a,b/.test(argument))).toHaveLength(0);
  });
});
