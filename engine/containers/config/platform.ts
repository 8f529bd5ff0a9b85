import { NotFoundError } from '../../errors.ts';
import { choosePlatform, formatPlatform, machinePlatform, parsePlatform, type Platform } from '../../images/model/platform.ts';

/**
 * Whether an image is of the platform that was asked for, or else of this machine's. Texts: moby `daemon/create.go` and `daemon/images/image.go`.
 * @param asked `linux/arm64`; empty for none
 * @returns a warning when nobody asked and it does not fit
 * @throws NotFoundError when somebody asked and it does not fit, InvalidParameterError for what is no platform
 */
export function checkPlatform(reference: string, image: Platform, asked: string): string[] {
  const has = { os: image.os, architecture: image.architecture, ...(image.variant ? { variant: image.variant } : {}) };
  const wanted = asked === '' ? machinePlatform() : parsePlatform(asked);
  // Images of builders that write no platform run anywhere.
  if (has.os === '' || has.architecture === '') return [];
  if (choosePlatform([{ platform: has }], wanted) !== undefined) return [];
  if (asked === '') {
    return [
      `The requested image's platform (${formatPlatform(has)}) does not match the detected host platform (${formatPlatform(wanted)}) and no specific platform was requested`,
    ];
  }
  throw new NotFoundError(
    `image with reference ${reference} was found but its platform (${formatPlatform(has)}) does not match the specified platform (${formatPlatform(wanted)})`,
  );
}
