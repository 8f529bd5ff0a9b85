import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { oomFile } from '../../runtime/cgroup.ts';
import { readHostFacts } from '../../runtime/oci/host-facts.ts';
import { isFrozen } from '../../shimd/freezer.ts';

export interface Expected {
  /** Ids of all containers. */
  all: Set<string>;
  /** Ids of those that run or are paused. */
  running: Set<string>;
  paused: Set<string>;
  /** Of all that run, on networks that have links. */
  endpoints: number;
}

const { cgroupVersion } = readHostFacts();

/** Namespaces that wait for the next containers, and such that are just being made. */
const spareNamespaces = 4;

/** @returns what is there and belongs to nobody, or is missing, a sentence each */
export function findLeaks(root: string, enginePid: number, { all, running, paused, endpoints }: Expected): string[] {
  const found: string[] = [];
  const compare = (what: string, present: Iterable<string>, wanted: Set<string>) => {
    const there = new Set(present);
    for (const id of there) if (!wanted.has(id)) found.push(`${what} ${id} belongs to no container that needs it`);
    for (const id of wanted) if (!there.has(id)) found.push(`${what} ${id} is missing`);
  };
  const names = (path: string) => (existsSync(join(root, path)) ? readdirSync(join(root, path)) : []);
  const ids = (path: string) => names(path).filter((name) => /^[0-9a-f]{64}$/.test(name));

  const mounts = readFileSync(`/proc/${enginePid}/mountinfo`, 'utf8').split('\n').map((line) => line.split(' ')[4] ?? '').filter((target) => target.startsWith(`${root}/`));
  compare('root file system', mounts.flatMap((target) => /containers\/([0-9a-f]{64})\/rootfs$/.exec(target)?.[1] ?? []), running);
  for (const target of mounts) {
    const owner = /\/([0-9a-f]{64})(?:\/|-|$)/.exec(target)?.[1];
    if (owner !== undefined && !running.has(owner)) found.push(`mount ${target} belongs to no running container`);
  }
  compare('folder', ids('containers'), all);
  compare('record', names('containers').filter((name) => name.endsWith('.json')).map((name) => name.slice(0, 64)), all);
  compare('crun state', names('exec/crun'), running);
  compare('bundle', names('exec/bundles'), running);
  compare('shimd task', names('exec/shimd/tasks'), running);
  compare('sandbox', names('exec/sandboxes').map((name) => name.replace('.json', '')), running);
  compare('cgroup', cgroups(), running);
  for (const id of running) {
    const frozen = isFrozen(oomFile(cgroupVersion, `/slipway/${id}`));
    if (frozen !== paused.has(id)) found.push(`container ${id} ${frozen ? 'stands still' : 'runs'} and should not`);
  }

  const snapshots = names('snapshots/records').map((name) => JSON.parse(readFileSync(join(root, 'snapshots/records', name), 'utf8')) as { key: string; value: { id: number; kind: string } });
  compare('active snapshot', snapshots.filter(({ value }) => value.kind === 'active').map(({ key }) => key), all);
  compare('snapshot folder', names('snapshots').filter((name) => /^\d+$/.test(name)), new Set(snapshots.map(({ value }) => String(value.id))));

  if (names('exec/netns').length > running.size + spareNamespaces) found.push(`${names('exec/netns').length} network namespaces for ${running.size} containers`);
  const links = lines('ip', ['-o', 'link', 'show', 'type', 'veth']).length;
  if (links !== endpoints) found.push(`${links} veths for ${endpoints} endpoints of ${running.size} containers`);
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (path.includes('/fs/') || path.includes('/rootfs/')) continue;
    if (/\.tmp$|\.new$|\/ingest\/.|\/corrupt\//.test(path)) found.push(`file ${path} is left`);
  }
  return found;

  /** Of this engine alone: others may run on this machine. */
  function cgroups(): string[] {
    const known = new Set([...all, ...everSeen]);
    for (const id of all) everSeen.add(id);
    const roots = ['/sys/fs/cgroup/slipway', '/sys/fs/cgroup/pids/slipway'].filter((path) => existsSync(path));
    return roots.flatMap((path) => readdirSync(path)).filter((name) => known.has(name));
  }
}

const everSeen = new Set<string>();

/** Elements of the port maps in the packet filter, over all its tables. */
export function publishedElements(): number {
  const { nftables } = JSON.parse(execFileSync('nft', ['-j', 'list', 'ruleset'], { encoding: 'utf8' })) as { nftables: { map?: { elem?: unknown[] } }[] };
  return nftables.reduce((sum, { map }) => sum + (map?.elem?.length ?? 0), 0);
}

/** 0 when there is no such process. */
export function openFiles(pid: number): number {
  return existsSync(`/proc/${pid}/fd`) ? readdirSync(`/proc/${pid}/fd`).length : 0;
}

function lines(command: string, args: string[]): string[] {
  return execFileSync(command, args, { encoding: 'utf8' }).split('\n').filter((line) => line !== '');
}
