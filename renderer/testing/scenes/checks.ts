import type { CheckResult, StartRecord } from '../../../contract/troubleshoot.ts';

/** A computer without KVM, a port that nobody answers, and the rest in order. */
export const sampleChecks: CheckResult[] = [
  { id: 'virtualisation', status: 'warning', finding: 'virtualisation.none', values: { reason: 'no KVM: this user may not open /dev/kvm' }, command: 'sudo usermod -aG kvm $USER' },
  { id: 'qemu', status: 'good', finding: 'qemu.good', values: { version: '7.2.22' } },
  { id: 'disk', status: 'good', finding: 'disk.good', values: { free: 48 * 2 ** 30, folder: '/home/jo/.slipway' } },
  { id: 'memory', status: 'good', finding: 'memory.good', values: { wanted: 4 * 2 ** 30, total: 16 * 2 ** 30, free: 7 * 2 ** 30 } },
  { id: 'dns', status: 'good', finding: 'dns.good', values: { host: 'registry.example' } },
  { id: 'engine', status: 'good', finding: 'engine.good', values: { took: 3, version: '28.5.2' } },
  { id: 'socket', status: 'bad', finding: 'socket.failed', values: { path: '/home/jo/.slipway/run/docker.sock', reason: 'connect ENOENT' } },
  { id: 'clock', status: 'good', finding: 'clock.good', values: {} },
  { id: 'ports', status: 'warning', finding: 'ports.silent', values: { count: 2, ports: '5433, 9200' } },
];

/** One that came up, and before it one that hung. */
export const sampleStarts: StartRecord[] = [
  { startedAt: '2025-11-20T14:02:09.000Z', version: '0.1.0', outcome: 'running', phases: [{ id: 'engine', status: 'done', startedMs: 380, tookMs: 140 }], accelerator: 'kvm', engineVersion: '28.5.2', lastLines: ['slipway: guest'] },
  {
    startedAt: '2025-11-20T13:58:40.000Z', version: '0.1.0', outcome: 'failed', endedAt: '2025-11-20T13:59:42.000Z', phases: [{ id: 'kernel', status: 'failed', startedMs: 210, tookMs: 60_000 }],
    failure: { code: 'boot-timeout', phase: 'kernel', message: 'The VM hangs while it boots: its kernel did not reach user space within 60 s.', steps: [{ text: 'Try again.', action: 'retry' }] },
    lastLines: ['[    0.000000] Linux version 6.1.0-31-amd64', '[    1.204310] virtio_blk virtio1: [vdb] 67108864 512-byte logical blocks'],
  },
];
