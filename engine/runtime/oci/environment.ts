export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The environment of a process: moby's defaults, then what is asked for; the last of two with one name wins and keeps the
 * first one's place. `NAME` alone takes a default away. Source: moby `daemon/container/container_unix.go` CreateDaemonEnvironment.
 */
export function resolveEnvironment(options: { hostname: string; tty: boolean; home: string }, asked: readonly string[]): string[] {
  const defaults = [`PATH=${defaultPath}`, `HOSTNAME=${options.hostname}`, ...(options.tty ? ['TERM=xterm'] : [])];
  const environment = mergeEnvironment(defaults, asked);
  return environment.some((entry) => entry.startsWith('HOME=')) ? environment : [...environment, `HOME=${options.home}`];
}

export function mergeEnvironment(base: readonly string[], changes: readonly string[]): string[] {
  const values = new Map<string, string | undefined>();
  for (const entry of [...base, ...changes]) {
    const end = entry.indexOf('=');
    if (end === -1) values.delete(entry);
    else values.set(entry.slice(0, end), entry);
  }
  return [...values.values()].filter((entry) => entry !== undefined);
}
