import { InvalidParameterError } from '../errors.ts';
import { bytesToText } from '../lib/tar/tar-header.ts';

/** Limits of Linux: NAME_MAX, and PATH_MAX with room for the folder that the layer goes to. */
const MAX_COMPONENT = 255;
const MAX_PATH = 4096 - 512;

/** The parts of an archive's name below its root: `/usr//./bin/` is `usr`, `bin`; the root itself has none. */
export function splitName(name: string): string[] {
  return name.split('/').filter((part) => part !== '' && part !== '.');
}

/** @throws InvalidParameterError for a name that climbs out or that no file can have */
export function checkComponents(parts: string[]): void {
  let length = 0;
  for (const part of parts) {
    length += part.length + 1;
    if (part === '..') throw refuse(parts, 'the name leaves the layer');
    if (part.length > MAX_COMPONENT || part.includes('\0')) throw refuse(parts, 'no file can have this name');
  }
  if (length > MAX_PATH) throw refuse(parts, 'the path is too long');
}

function refuse(parts: string[], reason: string): InvalidParameterError {
  return new InvalidParameterError(`the layer cannot be unpacked: ${bytesToText(parts.join('/')).slice(0, 300)}: ${reason}`);
}
