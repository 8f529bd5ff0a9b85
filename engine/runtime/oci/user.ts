import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { InvalidParameterError } from '../../errors.ts';
import { openInRoot } from '../../lib/syscalls/files.ts';
import type { OciUser } from './oci-config.ts';

export interface ResolvedUser extends OciUser {
  additionalGids: number[];
  home: string;
}

/** The account files of a container. */
export interface AccountFiles {
  passwd: string;
  group: string;
}

const maxId = 2 ** 31 - 1;
/** A larger account file is no account file. */
const sizeLimit = 8 * 1024 * 1024;

/**
 * Resolves `name`, `uid`, `name:group`, `uid:gid` … as moby does; a number without an entry is taken as it is.
 * Source: moby/sys/user GetExecUser.
 * @param extraGroups `--group-add`
 * @throws InvalidParameterError `unable to find user nope: no matching entries in passwd file`
 */
export function resolveUser(spec: string, extraGroups: readonly string[], files: AccountFiles): ResolvedUser {
  const [userPart = '', groupPart = ''] = spec.split(':', 2);
  const wantedUid = parseId(userPart);
  const accounts = parseLines(files.passwd).map(([name = '', , uid, gid, , home]) => ({ name, uid: Number(uid), gid: Number(gid), home: home ?? '/' }));
  const account = accounts.find(({ name, uid }) => (userPart === '' ? uid === 0 : wantedUid !== undefined ? uid === wantedUid : name === userPart));
  if (account === undefined && userPart !== '' && wantedUid === undefined) {
    throw new InvalidParameterError(`unable to find user ${userPart}: no matching entries in passwd file`);
  }
  const uid = account?.uid ?? checkRange(wantedUid ?? 0);
  const groups = parseLines(files.group).map(([name = '', , gid, members]) => ({ name, gid: Number(gid), members: (members ?? '').split(',') }));

  let gid = account?.gid ?? 0;
  let memberships: number[] = [];
  if (groupPart !== '') gid = findGroup(groupPart, groups, 'unable to find group');
  else if (account !== undefined) memberships = groups.filter(({ members }) => members.includes(account.name)).map((group) => group.gid);
  const added = extraGroups.map((group) => findGroup(group, groups, 'Unable to find group'));
  // The primary group stands in the list as well: without it a process could drop it and so pass "deny this group" permissions (CVE-2022-36109).
  return { uid, gid, additionalGids: [...new Set([gid, ...memberships, ...added])], home: account?.home || '/' };
}

function findGroup(wanted: string, groups: readonly { name: string; gid: number }[], complaint: string): number {
  const id = parseId(wanted);
  const found = groups.find(({ name, gid }) => (id !== undefined ? gid === id : name === wanted));
  if (found !== undefined) return found.gid;
  if (id === undefined) throw new InvalidParameterError(`${complaint} ${wanted}: no matching entries in group file`);
  return checkRange(id);
}

function parseId(text: string): number | undefined {
  return /^-?\d+$/.test(text) ? Number(text) : undefined;
}

function checkRange(id: number): number {
  if (id < 0 || id > maxId) throw new InvalidParameterError(`uids and gids must be in range 0-${maxId}`);
  return id;
}

function parseLines(text: string): string[][] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'));
}

/** Reads a container's account files, following its symbolic links inside its root only. A missing file is empty. */
export function readAccountFiles(rootfs: string): AccountFiles {
  const root = openSync(rootfs, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return { passwd: readInRoot(root, '/etc/passwd'), group: readInRoot(root, '/etc/group') };
  } finally {
    closeSync(root);
  }
}

function readInRoot(root: number, path: string): string {
  let fd: number;
  try {
    // Not to wait on a FIFO that somebody put there.
    fd = openInRoot(root, path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return '';
  }
  try {
    const stats = fstatSync(fd);
    return stats.isFile() && stats.size <= sizeLimit ? readFileSync(fd, 'utf8') : '';
  } finally {
    closeSync(fd);
  }
}
