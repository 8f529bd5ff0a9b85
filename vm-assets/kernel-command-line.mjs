/**
 * The kernel command line, in three parts; they go into manifest.json, so that the host's driver needs no knowledge of the kernel.
 * `tcg` is added when QEMU emulates the CPU: there the guest is as slow as each instruction, and its mitigations protect
 * nothing that the emulator does not already. Under real virtualisation the guest keeps its hardening.
 */
export function kernelCommandLine(arch) {
  const console = arch === 'amd64' ? 'ttyS0' : 'ttyAMA0';
  // lsm: AppArmor and TOMOYO have no policy in this guest, so they confine nobody, but ask at each file that is opened, and cost a boot their set-up.
  // page_reporting: free memory goes back to the host in runs of 128 kB; in whole blocks of 2 MB a fifth of forgotten files stays, for a page each that is in use.
  const base = [`console=${console}`, 'panic=-1', 'quiet', 'loglevel=1', 'random.trust_cpu=on', 'audit=0', 'lsm=landlock,yama', 'page_reporting.page_reporting_order=5', 'cryptomgr.notests', ...(arch === 'amd64' ? ['reboot=t', 'no_timer_check', '8250.nr_uarts=1'] : [])];
  // lpj: each CPU but the first measures its delay loop, 0.13 to 0.2 s long. The value is right for a clock of 3 GHz at Debian's 250 ticks, and
  // only scales delays that no emulated device needs.
  const tcg = ['nokaslr', 'mitigations=off', ...(arch === 'amd64' ? ['tsc=reliable', 'lpj=12000000'] : []), `initcall_blacklist=${slowInitcalls.join(',')}`];
  return { base: base.join(' '), tcg: tcg.join(' ') };
}

/**
 * Of the boot disk (ADR 0019), whose hypervisor gives none. What the kernel does not know itself (`slipway_boot`) it puts into the environment of init, where the
 * guest's scripts find it.
 */
export const bootDiskCommandLine = 'console=ttyS0 panic=-1 quiet loglevel=1 random.trust_cpu=on audit=0 lsm=landlock,yama cryptomgr.notests 8250.nr_uarts=1 slipway_boot=disk';

/**
 * Initialisers that cost much under emulation and give this guest nothing (ADR 0002): tracing by probes, Debian's own keys, a self-test, encrypted keys, the
 * clock chip (the host sets the time) and the keyboard controller, compressed swap.
 */
const slowInitcalls = ['init_kprobe_trace', 'load_system_certificate_list', 'crypto_kdf108_init', 'init_encrypted', 'cmos_init', 'i8042_init', 'init_zswap'];
