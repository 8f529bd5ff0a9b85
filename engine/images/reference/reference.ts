import type { Digest } from '../../content/digest.ts';
import { isDigest } from '../../content/digest.ts';
import { InvalidParameterError } from '../../errors.ts';

/**
 * `registry/repository:tag@digest`, normalised as docker does: `busybox` is `docker.io/library/busybox`.
 * Source: github.com/distribution/reference (`regexp.go`, `normalize.go`), whose error texts these are.
 */
export interface Reference {
  /** Registry host with its port: `docker.io`, `localhost:5000`. */
  domain: string;
  /** Repository within the registry: `library/busybox`. */
  path: string;
  tag: string | null;
  digest: Digest | null;
}

const DEFAULT_DOMAIN = 'docker.io';
const OFFICIAL = 'library/';

const domainName = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const host = `(?:${domainName}(?:\\.${domainName})*|\\[(?:[a-fA-F0-9:]+)\\])`;
const pathComponent = '[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*';
const repository = `(?:${host}(?::[0-9]+)?/)?${pathComponent}(?:/${pathComponent})*`;
const REFERENCE = new RegExp(`^(${repository})(?::([\\w][\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$`);

/** @throws InvalidParameterError `invalid reference format …` */
export function parseReference(text: string): Reference {
  if (/^[a-f0-9]{64}$/.test(text)) throw new InvalidParameterError(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  const [domain, remainder] = splitDomain(text);
  const remoteName = remainder.split(':')[0] ?? '';
  if (remoteName.toLowerCase() !== remoteName) {
    throw new InvalidParameterError(`invalid reference format: repository name (${remoteName}) must be lowercase`);
  }
  const match = REFERENCE.exec(`${domain}/${remainder}`);
  if (match === null) throw new InvalidParameterError('invalid reference format');
  const [, name = '', tag = null, digest = null] = match;
  if (name.length > 255) throw new InvalidParameterError('repository name must not be more than 255 characters');
  if (digest !== null && !isDigest(digest)) throw new InvalidParameterError(`invalid reference format: unsupported digest ${digest}`);
  return { domain, path: name.slice(domain.length + 1), tag, digest };
}

/** The first component is a registry when it looks like a host: it has a dot, a colon, capitals, or is `localhost`. */
function splitDomain(text: string): [domain: string, remainder: string] {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  const isDomain = slash !== -1 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  let domain = isDomain ? first : DEFAULT_DOMAIN;
  let remainder = isDomain ? text.slice(slash + 1) : text;
  if (domain === 'index.docker.io') domain = DEFAULT_DOMAIN;
  if (domain === DEFAULT_DOMAIN && !remainder.includes('/')) remainder = OFFICIAL + remainder;
  return [domain, remainder];
}

/** `latest` where neither tag nor digest is given. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === null && reference.digest === null ? { ...reference, tag: 'latest' } : reference;
}

/** Without tag and digest, as users see it: `busybox`, `localhost:5000/x`. */
export function familiarName({ domain, path }: Reference): string {
  if (domain !== DEFAULT_DOMAIN) return `${domain}/${path}`;
  return path.startsWith(OFFICIAL) && !path.slice(OFFICIAL.length).includes('/') ? path.slice(OFFICIAL.length) : path;
}

/** As users see it, with what is there of tag and digest. */
export function familiarString(reference: Reference): string {
  return familiarName(reference) + suffix(reference);
}

/** In full: `docker.io/library/busybox:latest`. The key of the reference in the store. */
export function canonicalString(reference: Reference): string {
  return `${repositoryOf(reference)}${suffix(reference)}`;
}

/** `docker.io/library/busybox` */
export function repositoryOf({ domain, path }: Reference): string {
  return `${domain}/${path}`;
}

function suffix({ tag, digest }: Reference): string {
  return `${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
}
