/**
 * The kernel command line, in three parts; they go into manifest.json, so that the host's driver needs no knowledge of the kernel.
 * `tcg` is added when QEMU emulates the CPU: there the guest is as slow as each instruction, and its mitigations protect
 * nothing that the emulator does not already. Under real virtualisation the guest keeps its hardening.
 */
export function kernelCommandLine(arch) {
  const console = arch === 'amd64' ? 'ttyS0' : 'ttyAMA0';
  const base = [`console=${console}`, 'panic=-1', 'quiet', 'loglevel=1', 'random.trust_cpu=on', 'audit=0', 'cryptomgr.notests', ...(arch === 'amd64' ? ['reboot=t', 'no_timer_check', '8250.nr_uarts=1'] : [])];
  const tcg = ['nokaslr', 'mitigations=off', ...(arch === 'amd64' ? ['tsc=reliable'] : []), `initcall_blacklist=${slowInitcalls[arch].join(',')}`];
  return { base: base.join(' '), tcg: tcg.join(' ') };
}

/** Initialisers that cost much under emulation and give this guest nothing (measured with `initcall_debug`, ADR 0002). */
const slowInitcalls = {
  amd64: ['init_kprobe_trace', 'load_system_certificate_list'],
  arm64: ['init_kprobe_trace', 'load_system_certificate_list'],
};
