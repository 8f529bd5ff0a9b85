import { InvalidParameterError } from '../../errors.ts';

/** By number. Source: linux/capability.h. */
export const capabilityNames = [
  'CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'LINUX_IMMUTABLE',
  'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER', 'SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE',
  'SYS_PACCT', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE',
  'AUDIT_CONTROL', 'SETFCAP', 'MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF',
  'CHECKPOINT_RESTORE',
].map((name) => `CAP_${name}`); // prettier-ignore

/** What a container gets unless told otherwise, in moby's order. */
export const defaultCapabilities = [
  'CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FSETID', 'CAP_FOWNER', 'CAP_MKNOD', 'CAP_NET_RAW', 'CAP_SETGID',
  'CAP_SETUID', 'CAP_SETFCAP', 'CAP_SETPCAP', 'CAP_NET_BIND_SERVICE', 'CAP_SYS_CHROOT', 'CAP_KILL', 'CAP_AUDIT_WRITE',
]; // prettier-ignore

const all = 'ALL';

export interface CapabilityRequest {
  add: readonly string[];
  drop: readonly string[];
  privileged: boolean;
}

/**
 * The capabilities of a container. Names may lack `CAP_` and be in any case; `ALL` is all that this machine can give.
 * Source of the rules: moby `daemon/pkg/oci/caps` TweakCapabilities.
 * @throws InvalidParameterError for an unknown name
 */
export function resolveCapabilities(request: CapabilityRequest, available: readonly string[] = capabilityNames): string[] {
  const add = normalize(request.add, 'CapAdd', available);
  const drop = normalize(request.drop, 'CapDrop', available);
  if (request.privileged) return [...available];
  if (add.has(all)) return available.filter((name) => !drop.has(name));
  const base = drop.has(all) ? [] : defaultCapabilities.filter((name) => !drop.has(name));
  return [...base, ...[...add].filter((name) => !base.includes(name) && (drop.has(all) || !drop.has(name)))];
}

function normalize(names: readonly string[], field: string, available: readonly string[]): Set<string> {
  const result = new Set<string>();
  for (const asked of names) {
    const upper = asked.toUpperCase();
    const name = upper === all || upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
    if (name !== all && !capabilityNames.includes(name)) throw new InvalidParameterError(`invalid ${field}: unknown capability: "${name}"`);
    if (name !== all && field === 'CapAdd' && !available.includes(name)) {
      throw new InvalidParameterError(`invalid ${field}: capability not supported by this machine's kernel or not available to the engine: "${name}"`);
    }
    result.add(name);
  }
  return result;
}
