import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Digest } from '../content/digest.ts';
import { digestOf, isDigest } from '../content/digest.ts';
import { EngineError, InternalError } from '../errors.ts';
import type { Credentials } from './authorizer.ts';
import { Authorizer } from './authorizer.ts';
import { httpGet, HttpAgents, readBody } from './http-get.ts';
import { toRegistryError } from './registry-error.ts';

export interface RegistryClientOptions {
  /** Host of the reference: `docker.io`, `localhost:5000`. */
  domain: string;
  /** `library/busybox` */
  path: string;
  /** Certificates are not verified, and plain HTTP is tried where TLS does not answer. */
  insecure: boolean;
  credentials?: Credentials;
  /** Milliseconds without a byte until a request fails; 60,000 by default. */
  idleTimeout?: number;
}

export interface FetchedManifest {
  bytes: Buffer;
  digest: Digest;
  mediaType: string;
}

/** The one registry whose API does not live at the host in its references. */
const DOCKER_HUB = { domain: 'docker.io', host: 'registry-1.docker.io' };

const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Source: distribution-spec, "Pulling manifests": registries should refuse manifests above 4 MiB. */
const MAX_MANIFEST = 4 * 1024 * 1024;
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

  constructor(options: RegistryClientOptions) {
    this.#options = options;
    this.#agents = new HttpAgents({ verifyCertificates: !options.insecure, idleTimeout: options.idleTimeout });
    this.#authorizer = new Authorizer(options.credentials ?? {}, this.#agents);
    this.#scope = `repository:${options.path}:pull`;
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

  async #get(path: string, headers: Record<string, string>, signal?: AbortSignal): Promise<IncomingMessage> {
    const base = await this.#findBase(signal);
    const url = new URL(`${this.#options.path}/${path}`, base);
    let authorization = this.#authorizer.header(this.#scope);
    let hasAnswered = false;
    for (let attempt = 1; ; attempt += 1) {
      const sent = authorization === undefined ? headers : { ...headers, Authorization: authorization };
      const response = await httpGet(url, { headers: sent, signal, agents: this.#agents });
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) return response;
      if (status === 401 && !hasAnswered) {
        response.resume();
        authorization = await this.#authorizer.answer(response, url, this.#scope, signal);
        hasAnswered = true;
      } else if ((status === 429 || status === 503) && attempt < MAX_ATTEMPTS) {
        response.resume();
        await delay(retryDelay(response, attempt), undefined, { signal });
      } else throw await toRegistryError(response, url);
    }
  }

  /** `https://host/v2/`, or plain HTTP where that is allowed and TLS does not answer. Found once. */
  #findBase(signal?: AbortSignal): Promise<URL> {
    this.#base ??= this.#ping(signal).catch((error: unknown) => {
      this.#base = null;
      throw error;
    });
    return this.#base;
  }

  async #ping(signal?: AbortSignal): Promise<URL> {
    const { domain, insecure } = this.#options;
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

/** Milliseconds: what `Retry-After` says in seconds, or doubling from one second. */
function retryDelay(response: IncomingMessage, attempt: number): number {
  const seconds = Number(response.headers['retry-after'] ?? Number.NaN);
  return 1000 * Math.min(Number.isFinite(seconds) && seconds >= 0 ? seconds : 2 ** (attempt - 1), MAX_RETRY_AFTER_S);
}
