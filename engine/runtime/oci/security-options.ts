import { InvalidParameterError } from '../../errors.ts';
import { defaultSeccompProfile } from './seccomp-default.ts';
import { parseSeccompProfile, type SeccompProfile } from './seccomp-profile.ts';

export interface SecurityOptions {
  /** null: unconfined. */
  seccomp: SeccompProfile | null;
  noNewPrivileges: boolean;
  writableCgroups: boolean;
}

/**
 * Reads `--security-opt`. Labels and AppArmor profiles are accepted and have no effect: this kernel has neither, and
 * dockerd does the same there. Source: moby `daemon/daemon_unix.go` parseSecurityOpt.
 * @throws InvalidParameterError
 */
export function parseSecurityOptions(options: readonly string[], privileged: boolean): SecurityOptions {
  const result: SecurityOptions = { seccomp: privileged ? null : defaultSeccompProfile, noNewPrivileges: false, writableCgroups: false };
  for (const option of options) {
    // The first form is current, the second was Docker 1.x's.
    const found = /^([^=:]+)(?:[=:]([\s\S]*))?$/.exec(option);
    const [, key, value] = found ?? [];
    switch (key) {
      case 'no-new-privileges':
        result.noNewPrivileges = parseFlag(option, value);
        break;
      case 'writable-cgroups':
        result.writableCgroups = parseFlag(option, value);
        break;
      case 'seccomp':
        result.seccomp = value === 'unconfined' ? null : value === 'builtin' ? defaultSeccompProfile : parseSeccompProfile(value ?? '');
        break;
      case 'label':
      case 'apparmor':
        break;
      default:
        throw new InvalidParameterError(`invalid --security-opt 2: "${option}"`);
    }
  }
  return result;
}

function parseFlag(option: string, value: string | undefined): boolean {
  if (value === undefined || value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new InvalidParameterError(`invalid --security-opt 2: "${option}"`);
}
