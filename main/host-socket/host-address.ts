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
  const path = localAddress(home, 'docker', platform);
  return { path, dockerHost: platform === 'win32' ? `npipe://${path.replaceAll('\\', '/')}` : `unix://${path}` };
}

/** Where one running Slipway takes wishes from `slipway` and other shells of the same user. */
export function controlAddress(home: string, platform: NodeJS.Platform = process.platform): string {
  return localAddress(home, 'control', platform);
}

function localAddress(home: string, name: 'docker' | 'control', platform: NodeJS.Platform): string {
  if (platform !== 'win32') return join(home, 'run', `${name}.sock`);
  const user = userInfo().username.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  const isUsual = home === win32.join(homedir(), '.slipway');
  const place = isUsual ? user : `${user}-${createHash('sha256').update(home).digest('hex').slice(0, 8)}`;
  return `\\\\.\\pipe\\slipway-${name === 'docker' ? '' : `${name}-`}${place}`;
}
