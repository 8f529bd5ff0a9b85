import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Digest } from '../content/digest.ts';
import { digestOf, isDigest } from '../content/digest.ts';
import { EngineError, InternalError } from '../errors.ts';
import type { Credentials } from './authorizer.ts';
import { Authorizer } from './authorizer.ts';
import type { HttpMethod } from './http-get.ts';
import { httpGet, HttpAgents, readBody } from './http-get.ts';
import { toRegistryError } from './registry-error.ts';

export interface RegistryClientOptions {
  /** Host of the reference: `docker.io`, `localhost:5000`. */
  domain: string;
  /** `library/busybox`; empty for the registry itself. */
  path: string;
  /** Certificates are not verified, and plain HTTP is tried where TLS does not answer. */
  insecure: boolean;
  /** Where its API is, when that is known: `https://mirror.example/v2/`. */
  base?: URL;
  credentials?: Credentials;
  /** `pull` by default. */
  actions?: 'pull' | 'push,pull';
  /** Asks token servers for a refresh token too; see {@link RegistryClient.refreshToken}. */
  offline?: boolean;
  /** Other repositories of the registry, of which blobs may be mounted. */
  mountFrom?: readonly string[];
  /** Milliseconds without a byte until a request fails; 60,000 by default. */
  idleTimeout?: number;
}

export interface FetchedManifest {
  bytes: Buffer;
  digest: Digest;
  mediaType: string;
}

/** The one registry whose API does not live at the host in its references. */
export const DOCKER_HUB = { domain: 'docker.io', host: 'registry-1.docker.io' };

const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Source: distribution-spec, "Pulling manifests": registries should refuse manifests above 4 MiB. */
const MAX_MANIFEST = 4 * 1024 * 1024;
/** Of one page of a list of tags. */
const MAX_TAGS = 8 * 1024 * 1024;
const MAX_PAGES = 1000;
const MAX_ATTEMPTS = 4;
const MAX_RETRY_AFTER_S = 30;

/**
 * Speaks the OCI distribution API of one repository. Source: opencontainers/distribution-spec `spec.md`.
 * Dispose it: it keeps connections open.
 */
export class RegistryClient {
  readonly #options: RegistryClientOptions;
  readonly #agents: HttpAgents;
  readonly #authorizer: Authorizer;
  readonly #scope: string;
  #base: Promise<URL> | null = null;
  /** {@link #base} once it is found. */
  #known: URL | null = null;

  constructor(options: RegistryClientOptions) {
    this.#options = options;
    this.#agents = new HttpAgents({ verifyCertificates: !options.insecure, idleTimeout: options.idleTimeout });
    this.#authorizer = new Authorizer(options.credentials ?? {}, this.#agents, { offline: options.offline });
    // A login is for the registry as a whole.
    const own = options.path === '' ? [] : [`repository:${options.path}:${options.actions ?? 'pull'}`];
    this.#scope = [...own, ...(options.mountFrom ?? []).map((path) => `repository:${path}:pull`)].join(' ');
  }

  [Symbol.dispose](): void {
    this.#agents.destroy();
  }

  /**
   * @param tagOrDigest the answer is checked against a digest, and against `Docker-Content-Digest` in any case
   * @throws RegistryError with the registry's code; InternalError when it cannot be reached
   */
  async manifest(tagOrDigest: string, signal?: AbortSignal): Promise<FetchedManifest> {
    const response = await this.#get(`manifests/${tagOrDigest}`, { Accept: MANIFEST_TYPES }, signal);
    const bytes = await readBody(response, MAX_MANIFEST);
    const digest = digestOf(bytes);
    const promised = isDigest(tagOrDigest) ? tagOrDigest : response.headers['docker-content-digest'];
    if (isDigest(promised) && promised !== digest) {
      throw new InternalError(`manifest verification failed for digest ${promised}: received ${digest}`);
    }
    return { bytes, digest, mediaType: (response.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '' };
  }

  /**
   * The bytes of a blob from `offset` on; the answer's status is 206 when the registry heeded the offset, 200 when it
   * sends all. The caller reads or destroys it, and verifies the digest.
   */
  blob(digest: Digest, offset: number, signal?: AbortSignal): Promise<IncomingMessage> {
    return this.#get(`blobs/${digest}`, offset > 0 ? { Range: `bytes=${offset}-` } : {}, signal);
  }

  /** Every tag of the repository, in the registry's order. Source: distribution-spec, "Content Discovery". */
  async tags(signal?: AbortSignal): Promise<string[]> {
    const tags: string[] = [];
    let page: string | URL | null = 'tags/list';
    for (let count = 0; page !== null && count < MAX_PAGES; count += 1) {
      const response = await this.#request('GET', page, { signal });
      tags.push(...tagsIn(await readBody(response, MAX_TAGS)));
      page = this.#nextPage(response.headers.link);
    }
    return tags;
  }

  /** Whether the repository has a blob. */
  async hasBlob(digest: Digest, signal?: AbortSignal): Promise<boolean> {
    try {
      (await this.#request('HEAD', `blobs/${digest}`, { signal })).resume();
      return true;
    } catch (error) {
      if (error instanceof EngineError && error.kind === 'not-found') return false;
      throw error;
    }
  }

  /**
   * Asks for a blob of another repository of the same registry.
   * @returns null when it was mounted; else where it can be uploaded to, for {@link upload}
   */
  async mountOrStart(digest: Digest, from: string | undefined, signal?: AbortSignal): Promise<URL | null> {
    const query = from === undefined ? '' : `?${new URLSearchParams({ mount: digest, from }).toString()}`;
    const response = await this.#request('POST', `blobs/uploads/${query}`, { signal, headers: { 'Content-Length': '0' } });
    response.resume();
    return response.statusCode === 201 ? null : this.#location(response);
  }

  /** Sends a blob in one piece to where {@link mountOrStart} said; the registry compares its digest. */
  async upload(location: URL, blob: { digest: Digest; size: number; open: () => Readable }, signal?: AbortSignal): Promise<void> {
    const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': String(blob.size), 'Content-Range': `0-${Math.max(blob.size - 1, 0)}` };
    const patched = await this.#request('PATCH', location, { headers, body: blob.open, signal });
    patched.resume();
    const end = this.#location(patched);
    end.searchParams.set('digest', blob.digest);
    (await this.#request('PUT', end, { headers: { 'Content-Length': '0' }, signal })).resume();
  }

  /** Gives a manifest a tag. */
  async putManifest(tag: string, manifest: { bytes: Buffer; mediaType: string }, signal?: AbortSignal): Promise<void> {
    const headers = { 'Content-Type': manifest.mediaType, 'Content-Length': String(manifest.bytes.length) };
    const body = () => Readable.from([manifest.bytes], { objectMode: false });
    (await this.#request('PUT', `manifests/${tag}`, { headers, body, signal })).resume();
  }

  /** Finds out where and how the registry speaks. @throws InternalError when it does not */
  async connect(signal?: AbortSignal): Promise<void> {
    await this.#findBase(signal);
  }

  /** Whether the registry lets these credentials in; see RegistryLogin. @throws UnauthorizedError, RegistryError */
  async checkAccess(signal?: AbortSignal): Promise<void> {
    const base = await this.#findBase(signal);
    (await this.#request('GET', base, { signal })).resume();
  }

  /** What the registry gave to keep instead of the password, with `offline`; empty when nothing. */
  get refreshToken(): string {
    return this.#authorizer.refreshToken;
  }

  /** Source: RFC 8288; registries write `</v2/x/tags/list?last=a&n=100>; rel="next"`. */
  #nextPage(link: string | string[] | undefined): URL | null {
    const target = /<([^>]+)>\s*;[^,]*\brel="?next\b/.exec([link ?? ''].flat().join(','))?.[1];
    return target === undefined || this.#known === null ? null : URL.parse(target, this.#known.href);
  }

  #location(response: IncomingMessage): URL {
    const location = response.headers.location ?? '';
    const url = this.#known === null ? null : URL.parse(location, this.#known.href);
    if (url === null || location === '' || !/^https?:$/.test(url.protocol)) {
      throw new InternalError(`the registry gives no place to upload to: ${JSON.stringify(location)}`);
    }
    return url;
  }

  #get(path: string, headers: Record<string, string>, signal?: AbortSignal): Promise<IncomingMessage> {
    return this.#request('GET', path, { headers, signal });
  }

  async #request(method: HttpMethod, path: string | URL, options: { headers?: Record<string, string>; body?: () => Readable; signal?: AbortSignal }): Promise<IncomingMessage> {
    const { headers = {}, body, signal } = options;
    const base = await this.#findBase(signal);
    const url = typeof path === 'string' ? new URL(`${this.#options.path}/${path}`, base) : path;
    // An upload may go to another host, which is not the one that was given the credentials.
    const isOwn = url.host === base.host && url.protocol === base.protocol;
    let authorization = isOwn ? this.#authorizer.header(this.#scope) : undefined;
    let hasAnswered = !isOwn;
    for (let refusals = 0; ; ) {
      const sent = authorization === undefined ? headers : { ...headers, Authorization: authorization };
      const response = await httpGet(url, { method, headers: sent, body, signal, agents: this.#agents });
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) return response;
      if (status === 401 && !hasAnswered) {
        response.resume();
        authorization = await this.#authorizer.answer(response, url, this.#scope, signal);
        hasAnswered = true;
      } else if ((status === 429 || status === 503) && (refusals += 1) < MAX_ATTEMPTS) {
        response.resume();
        await delay(retryDelay(response, refusals), undefined, { signal });
        // The token may have ended meanwhile.
        hasAnswered = !isOwn;
      } else throw await toRegistryError(response, url, method);
    }
  }

  /** `https://host/v2/`, or plain HTTP where that is allowed and TLS does not answer. Found once. */
  #findBase(signal?: AbortSignal): Promise<URL> {
    this.#base ??= this.#ping(signal).then(
      (url) => (this.#known = url),
      (error: unknown) => {
        this.#base = null;
        throw error;
      },
    );
    return this.#base;
  }

  async #ping(signal?: AbortSignal): Promise<URL> {
    const { domain, insecure, base } = this.#options;
    if (base !== undefined) return base;
    const host = domain === DOCKER_HUB.domain ? DOCKER_HUB.host : domain;
    const secure = new URL(`https://${host}/v2/`);
    try {
      await this.#answers(secure, signal);
      return secure;
    } catch (error) {
      if (!insecure || signal?.aborted === true || !(error instanceof EngineError)) throw error;
      const plain = new URL(`http://${host}/v2/`);
      await this.#answers(plain, signal);
      return plain;
    }
  }

  /** Any answer will do, 401 and 404 included; what the repository says comes with the first real request. */
  async #answers(url: URL, signal?: AbortSignal): Promise<void> {
    const response = await httpGet(url, { signal, agents: this.#agents });
    response.resume();
    if ((response.statusCode ?? 0) >= 500) throw await toRegistryError(response, url);
  }
}

/** Milliseconds: what `Retry-After` says in seconds or as a date (RFC 9110 section 10.2.3), or doubling from one second. */
function retryDelay(response: IncomingMessage, attempt: number): number {
  const text = response.headers['retry-after'] ?? '';
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return 1000 * Math.min(Number.isFinite(seconds) ? Math.max(seconds, 0) : 2 ** (attempt - 1), MAX_RETRY_AFTER_S);
}

/** Tags as a registry lists them; what could not stand in a reference is left out. */
function tagsIn(body: Buffer): string[] {
  let tags: unknown;
  try {
    ({ tags } = JSON.parse(body.toString()) as { tags?: unknown });
  } catch (error) {
    throw new InternalError("the registry's list of tags is no JSON", { cause: error });
  }
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string' && /^\w[\w.-]{0,127}$/.test(tag)) : [];
}
