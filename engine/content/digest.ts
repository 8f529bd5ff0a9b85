import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { InvalidParameterError } from '../errors.ts';

/** `sha256:` and 64 hexadecimal digits: the only algorithm that registries and archives use. */
export type Digest = `sha256:${string}`;

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && DIGEST.test(text);
}

/** @throws InvalidParameterError that names what holds the digest */
export function parseDigest(text: unknown, where: string): Digest {
  if (isDigest(text)) return text;
  throw new InvalidParameterError(`invalid digest in ${where}: ${JSON.stringify(text)}; sha256 is supported`);
}

export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** Twelve digits, as people see it. */
export function shortId(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** Counts and hashes what passes. */
export class Digester {
  readonly #hash: Hash = createHash('sha256');
  size = 0;

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.size += chunk.length;
  }

  /** Ends the digester. */
  digest(): Digest {
    return `sha256:${this.#hash.digest('hex')}`;
  }
}
