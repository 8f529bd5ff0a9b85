import { lookup } from 'node:dns/promises';
import { InvalidParameterError } from '../errors.ts';
import { MountFlag } from '../lib/syscalls/files.ts';

/** What `mount(2)` is asked for. */
export interface VolumeMount {
  source: string;
  type: string;
  flags: number;
  data: string;
  /** A bind takes its flags in a second call. */
  remount: number;
  propagation: number;
}

const known = ['type', 'o', 'device', 'size'];
/** Which options need which others. Source: moby volume/local/local_unix.go. */
const needed: [option: string, others: string[]][] = [
  ['device', ['type']],
  ['type', ['device']],
  ['o', ['device', 'type']],
];

/**
 * Checks the options of a volume of the `local` driver.
 * @throws InvalidParameterError in moby's words
 */
export function checkVolumeOptions(name: string, options: Record<string, string>): void {
  const invalid = (reason: string) => new InvalidParameterError(`create ${name}: ${reason}`);
  for (const option of Object.keys(options)) if (!known.includes(option)) throw invalid(`invalid option: ${JSON.stringify(option)}`);
  if (options.type === 'cifs' && /^\/\/[^/]*:\d+(\/|$)/.test(options.device ?? '')) throw invalid(`port not allowed in CIFS device URL, include 'port' in 'o='`);
  for (const [option, others] of needed) {
    const missing = options[option] === undefined ? undefined : others.find((other) => options[other] === undefined);
    if (missing !== undefined) throw invalid(`missing required option: ${JSON.stringify(missing)}`);
  }
  // A limit needs project quotas, which the engine's file systems do not have.
  if (options.size !== undefined) throw invalid('quota size requested but no quota support');
}

/** Whether a volume is a mount of something else, rather than a folder. */
export function isMounted(options: Record<string, string>): boolean {
  return options.device !== undefined && options.device !== '';
}

const flagsSet: Record<string, number> = {
  ro: MountFlag.readOnly,
  nosuid: MountFlag.noSuid,
  nodev: MountFlag.noDev,
  noexec: MountFlag.noExec,
  sync: MountFlag.sync,
  dirsync: MountFlag.dirSync,
  mand: MountFlag.mandatoryLocks,
  noatime: MountFlag.noAtime,
  nodiratime: MountFlag.noDirAtime,
  relatime: MountFlag.relAtime,
  strictatime: MountFlag.strictAtime,
  bind: MountFlag.bind,
  rbind: MountFlag.bind | MountFlag.recursive,
};
const flagsCleared: Record<string, number> = {
  defaults: 0,
  rw: MountFlag.readOnly,
  suid: MountFlag.noSuid,
  dev: MountFlag.noDev,
  exec: MountFlag.noExec,
  async: MountFlag.sync,
  atime: MountFlag.noAtime,
  diratime: MountFlag.noDirAtime,
  norelatime: MountFlag.relAtime,
  nostrictatime: MountFlag.strictAtime,
  nomand: MountFlag.mandatoryLocks,
};
const propagations: Record<string, number> = {
  private: MountFlag.private,
  rprivate: MountFlag.private | MountFlag.recursive,
  shared: MountFlag.shared,
  rshared: MountFlag.shared | MountFlag.recursive,
  slave: MountFlag.slave,
  rslave: MountFlag.slave | MountFlag.recursive,
  unbindable: MountFlag.unbindable,
  runbindable: MountFlag.unbindable | MountFlag.recursive,
};

/** The options as mount(2) takes them: words that it knows as flags, all others as the file system's own. Names in `addr=` are looked up. */
export async function volumeMount(options: Record<string, string>): Promise<VolumeMount> {
  let flags = 0;
  let propagation = 0;
  const data: string[] = [];
  for (const option of (options.o ?? '').split(',')) {
    if (option === '') continue;
    if (flagsSet[option] !== undefined) flags |= flagsSet[option];
    else if (flagsCleared[option] !== undefined) flags &= ~flagsCleared[option];
    else if (propagations[option] !== undefined) propagation |= propagations[option];
    else data.push(option);
  }
  const type = options.type === undefined || options.type === 'none' ? '' : options.type;
  const resolved = /^(nfs4?|cifs)$/.test(type) ? await Promise.all(data.map(withAddress)) : data;
  const bind = (flags & MountFlag.bind) !== 0;
  const binding = MountFlag.bind | MountFlag.recursive;
  const own = flags & ~binding;
  return { source: options.device ?? '', type, flags: bind ? flags & binding : flags, data: resolved.join(','), remount: bind && own !== 0 ? own : 0, propagation };
}

/** The kernel wants an address where people write a name. */
async function withAddress(option: string): Promise<string> {
  if (!option.startsWith('addr=')) return option;
  const { address } = await lookup(option.slice('addr='.length));
  return `addr=${address}`;
}
