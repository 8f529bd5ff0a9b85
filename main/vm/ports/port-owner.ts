import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Who holds a port of this computer: `nginx (process 812)`; null when that cannot be learnt, which is so for
 * other users' processes unless this one is root. Linux was run; macOS and Windows have tested parsers only.
 */
export async function findPortOwner(port: number, protocol: 'tcp' | 'udp' = 'tcp', platform: NodeJS.Platform = process.platform): Promise<string | null> {
  try {
    switch (platform) {
      case 'linux':
        return await linuxOwner(port, protocol);
      case 'darwin':
        return parseLsof((await run('lsof', protocol === 'tcp' ? ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'] : ['-nP', `-iUDP:${port}`, '-Fpc'])).stdout);
      case 'win32': {
        if (protocol === 'udp') return null;
        const pid = parseNetstat((await run('netstat', ['-ano', '-p', 'TCP'])).stdout, port);
        return pid === null ? null : (parseTasklist((await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'])).stdout) ?? `process ${pid}`);
      }
      default:
        return null;
    }
  } catch {
    // The port is taken either way; the name is a courtesy.
    return null;
  }
}

async function linuxOwner(port: number, protocol: 'tcp' | 'udp'): Promise<string | null> {
  const tables = await Promise.all([`/proc/net/${protocol}`, `/proc/net/${protocol}6`].map((path) => readFile(path, 'utf8').catch(() => '')));
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port, protocol)));
  if (inodes.size === 0) return null;
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const inode = /^socket:\[(\d+)\]$/.exec(await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => ''))?.[1];
      if (inode === undefined || !inodes.has(inode)) continue;
      return `${(await programName(pid)) || 'a program'} (process ${pid})`;
    }
  }
  return null;
}

/** What a person started. `comm` is the name of the main thread, which some programs give themselves: Node's is called MainThread. */
async function programName(pid: string): Promise<string> {
  const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
  const [comm, commandLine] = [(await read('comm')).trim(), await read('cmdline')];
  return commandLine === '' || commandLine.includes(comm) ? comm : basename(await readlink(`/proc/${pid}/exe`).catch(() => comm));
}

/** Socket inodes that listen on the port, from `/proc/net/tcp` or `tcp6` (proc(5)): state 0A (of UDP: 07, bound), local port in hex. */
export function listeningInodes(table: string, port: number, protocol: 'tcp' | 'udp' = 'tcp'): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === (protocol === 'tcp' ? '0A' : '07') && fields[1]?.endsWith(suffix) === true)
    .map((fields) => fields[9] ?? '')
    .filter((inode) => inode !== '');
}

/** `lsof -Fpc`: one field a line, `p<pid>` then `c<command>`. */
export function parseLsof(output: string): string | null {
  const pid = /^p(\d+)$/m.exec(output)?.[1];
  const command = /^c(.+)$/m.exec(output)?.[1];
  return pid === undefined ? null : `${command ?? 'a program'} (process ${pid})`;
}

/** `netstat -ano -p TCP`: the last column of the listening line is the process. The state's name is translated on many systems. */
export function parseNetstat(output: string, port: number): number | null {
  for (const line of output.split(/\r?\n/)) {
    const [protocol, local, foreign, ...rest] = line.trim().split(/\s+/);
    if (protocol !== 'TCP' || local?.endsWith(`:${port}`) !== true || !/:0$/.test(foreign ?? '')) continue;
    const pid = Number(rest.at(-1));
    if (Number.isInteger(pid) && pid > 0) return pid;
  }
  return null;
}

/** `tasklist /FO CSV /NH`: `"nginx.exe","812","Console","1","9,000 K"`. */
export function parseTasklist(output: string): string | null {
  const match = /^"([^"]+)","(\d+)"/m.exec(output);
  return match === null ? null : `${match[1]} (process ${match[2]})`;
}
