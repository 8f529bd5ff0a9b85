import { join } from 'node:path';
import { userInfo } from 'node:os';

/** Where the docker CLI finds the engine: what `net` listens on, and what `docker --host` takes. */
export interface HostAddress {
  path: string;
  dockerHost: string;
}

/** @param home SLIPWAY_HOME, absolute. On Windows pipes have a name space of their own, so the name carries the user. */
export function hostAddress(home: string, platform: NodeJS.Platform = process.platform): HostAddress {
  if (platform === 'win32') {
    const name = `slipway-${userInfo().username.replaceAll(/[^A-Za-z0-9._-]/g, '_')}`;
    return { path: `\\\\.\\pipe\\${name}`, dockerHost: `npipe:////./pipe/${name}` };
  }
  const path = join(home, 'run', 'docker.sock');
  return { path, dockerHost: `unix://${path}` };
}
