import { InvalidParameterError } from '../errors.ts';

/** What undoes each default. */
const opposites: Record<string, string> = { exec: 'noexec', suid: 'nosuid', dev: 'nodev' };
const flags = ['exec', 'noexec', 'suid', 'nosuid', 'dev', 'nodev', 'rw', 'ro', 'sync', 'async', 'atime', 'noatime', 'diratime', 'nodiratime', 'relatime', 'norelatime', 'strictatime'];
const values = ['size', 'mode', 'uid', 'gid', 'nr_inodes', 'nr_blocks', 'mpol'];

/**
 * Mount options of `--tmpfs PATH:OPTIONS`: what the user gave over noexec, nosuid and nodev. Source: moby `mount.MergeTmpfsOptions`.
 * @throws InvalidParameterError
 */
export function tmpfsOptions(text: string): string[] {
  const asked = text.split(',').filter((option) => option !== '');
  for (const option of asked) {
    const [name = ''] = option.split('=', 1);
    if (!(option.includes('=') ? values : flags).includes(name)) throw new InvalidParameterError(`invalid tmpfs option ${JSON.stringify(option)}`);
  }
  const undone = new Set(asked.map((option) => opposites[option]));
  const defaults = ['noexec', 'nosuid', 'nodev'].filter((option) => !undone.has(option) && !asked.includes(option));
  return [...defaults, ...asked];
}
