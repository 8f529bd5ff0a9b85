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
    // The first form is current, the second was Docker 1.x's: a profile holds colons.
    const separator = option.includes('=') ? '=' : ':';
    const end = option.indexOf(separator);
    const [key, value] = end === -1 ? [option, undefined] : [option.slice(0, end), option.slice(end + 1)];
    if (value === undefined && !['no-new-privileges', 'disable'].includes(key)) throw new InvalidParameterError(`invalid --security-opt 1: "${option}"`);
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
      case 'disable':
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
  // The words of Go's ParseBool.
  if (value === undefined || ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value)) return false;
  throw new InvalidParameterError(`invalid --security-opt 2: "${option}"`);
}
