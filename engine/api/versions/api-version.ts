import { EngineError } from '../../errors.ts';

/** Newest API version that the engine speaks, and the oldest. As in moby 28. */
export const apiVersion = '1.51';
export const minApiVersion = '1.24';

/** What `GET /version` calls the engine: the moby release whose behaviour it follows, and its own version. */
export const engineVersion = '28.5.2+slipway0.1.0';

/** Thrown for a version that cannot be spoken. Clients older than 1.24 print the body as it is, so it is plain text for them. */
export class UnsupportedVersionError extends EngineError {
  readonly plainText: boolean;

  constructor(message: string, plainText: boolean) {
    super('invalid-parameter', message);
    this.plainText = plainText;
  }
}

/**
 * The minor version (24 to 51) that a request asks for.
 * @param prefix `1.41` out of the path `/v1.41/…`; undefined means the newest.
 * @throws UnsupportedVersionError in moby's words (daemon/server/middleware/version.go).
 */
export function negotiateVersion(prefix: string | undefined): number {
  const newest = minorOf(apiVersion);
  if (prefix === undefined) return newest;
  const [major, minor] = prefix.split('.').map(Number);
  const asked = (major ?? 0) === 1 ? (minor ?? 0) : (major ?? 0) > 1 ? Infinity : -1;
  if (asked < minorOf(minApiVersion)) {
    throw new UnsupportedVersionError(
      `client version ${prefix} is too old. Minimum supported API version is ${minApiVersion}, please upgrade your client to a newer version`,
      true,
    );
  }
  if (asked > newest) throw new UnsupportedVersionError(`client version ${prefix} is too new. Maximum supported API version is ${apiVersion}`, false);
  return asked;
}

function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}
