import type { CheckResult } from '../../../contract/troubleshoot.ts';

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
