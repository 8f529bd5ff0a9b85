import { createHash } from 'node:crypto';
import { homedir, userInfo } from 'node:os';
import { join, win32 } from 'node:path';

/** Where the docker CLI finds the engine: what `net` listens on, and what `docker --host` takes. */
export interface HostAddress {
  path: string;
  dockerHost: string;
}

/**
 * @param home SLIPWAY_HOME, absolute. Windows pipes have one name space for all, so that the name carries the user, and the home when it
 * is not the usual one.
 */
export function hostAddress(home: string, platform: NodeJS.Platform = process.platform): HostAddress {
  if (platform === 'win32') {
    const user = userInfo().username.replaceAll(/[^A-Za-z0-9._-]/g, '_');
    const isUsual = home === win32.join(homedir(), '.slipway');
    const name = isUsual ? `slipway-${user}` : `slipway-${user}-${createHash('sha256').update(home).digest('hex').slice(0, 8)}`;
    return { path: `\\\\.\\pipe\\${name}`, dockerHost: `npipe:////./pipe/${name}` };
  }
  const path = join(home, 'run', 'docker.sock');
  return { path, dockerHost: `unix://${path}` };
}
