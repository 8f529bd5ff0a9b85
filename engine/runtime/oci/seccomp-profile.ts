import { InvalidParameterError, messageOf } from '../../errors.ts';
import type { HostFacts } from './host-facts.ts';
import type { OciSeccomp, OciSyscall } from './oci-config.ts';

/**
 * A profile as users pass it with `--security-opt seccomp=FILE` (the client sends the file's text): OCI's format, and on
 * top of it `archMap` and rules that depend on capabilities, architecture and kernel. Source: moby/profiles `seccomp/seccomp.go`.
 */
export interface SeccompProfile {
  defaultAction: string;
  defaultErrnoRet?: number;
  architectures?: string[] | null;
  archMap?: { architecture: string; subArchitectures?: string[] | null }[] | null;
  flags?: string[];
  listenerPath?: string;
  listenerMetadata?: string;
  syscalls?: SeccompRule[] | null;
}

export interface SeccompRule {
  /** The older spelling of `names`. */
  name?: string;
  names?: string[] | null;
  action: string;
  errnoRet?: number;
  args?: OciSyscall['args'] | null;
  includes?: SeccompCondition;
  excludes?: SeccompCondition;
}

interface SeccompCondition {
  caps?: string[];
  arches?: string[];
  /** `4.8` */
  minKernel?: string;
}

const nativeArchitecture: Record<string, string> = { amd64: 'SCMP_ARCH_X86_64', arm64: 'SCMP_ARCH_AARCH64' };

/** The part of a profile that holds for this container on this machine. @throws InvalidParameterError */
export function expandSeccomp(profile: SeccompProfile, capabilities: readonly string[], facts: Pick<HostFacts, 'architecture' | 'kernel'>): OciSeccomp {
  const { architectures, archMap, defaultAction, defaultErrnoRet, flags, listenerPath, listenerMetadata } = profile;
  if (architectures != null && architectures.length > 0 && archMap != null && archMap.length > 0) {
    throw new InvalidParameterError("both 'architectures' and 'archMap' are specified in the seccomp profile; use either 'architectures' or 'archMap'");
  }
  const native = archMap?.find(({ architecture }) => architecture === nativeArchitecture[facts.architecture]);
  const expanded = native === undefined ? (architectures ?? []) : [native.architecture, ...(native.subArchitectures ?? [])];
  return {
    defaultAction,
    ...(defaultErrnoRet === undefined ? {} : { defaultErrnoRet }),
    ...(expanded.length === 0 ? {} : { architectures: expanded }),
    ...(flags === undefined ? {} : { flags }),
    ...(listenerPath === undefined ? {} : { listenerPath }),
    ...(listenerMetadata === undefined ? {} : { listenerMetadata }),
    syscalls: (profile.syscalls ?? []).filter((rule) => applies(rule, capabilities, facts)).map(toOci),
  };
}

/** @param text JSON of a profile. @throws InvalidParameterError */
export function parseSeccompProfile(text: string): SeccompProfile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidParameterError(`Decoding seccomp profile failed: ${messageOf(error)}`, { cause: error });
  }
  const profile = value as SeccompProfile;
  const wellFormed =
    typeof value === 'object' &&
    value !== null &&
    typeof profile.defaultAction === 'string' &&
    (profile.syscalls == null || (Array.isArray(profile.syscalls) && profile.syscalls.every((rule) => typeof rule?.action === 'string')));
  if (!wellFormed) throw new InvalidParameterError('Decoding seccomp profile failed: it needs a defaultAction, and an action in each of its syscalls');
  return profile;
}

function applies(rule: SeccompRule, capabilities: readonly string[], facts: Pick<HostFacts, 'architecture' | 'kernel'>): boolean {
  const { includes, excludes } = rule;
  const arch = facts.architecture;
  if (excludes?.arches?.includes(arch) === true) return false;
  if (excludes?.caps?.some((name) => capabilities.includes(name)) === true) return false;
  if (excludes?.minKernel !== undefined && isAtLeast(facts.kernel, excludes.minKernel)) return false;
  if (includes?.arches !== undefined && includes.arches.length > 0 && !includes.arches.includes(arch)) return false;
  if (includes?.caps?.every((name) => capabilities.includes(name)) === false) return false;
  return includes?.minKernel === undefined || isAtLeast(facts.kernel, includes.minKernel);
}

function isAtLeast(kernel: HostFacts['kernel'], version: string): boolean {
  const found = /^(\d+)\.(\d+)$/.exec(version);
  if (found === null) throw new InvalidParameterError(`invalid kernel version in the seccomp profile: "${version}"`);
  const [major, minor] = [Number(found[1]), Number(found[2])];
  return kernel.major > major || (kernel.major === major && kernel.minor >= minor);
}

function toOci(rule: SeccompRule): OciSyscall {
  const { name, names, action, errnoRet, args } = rule;
  if (name !== undefined && name !== '' && names != null && names.length > 0) {
    throw new InvalidParameterError("both 'name' and 'names' are specified in a seccomp rule; use 'names'");
  }
  return {
    names: name !== undefined && name !== '' ? [name] : (names ?? []),
    action,
    ...(errnoRet === undefined ? {} : { errnoRet }),
    ...(args == null || args.length === 0 ? {} : { args }),
  };
}
