import { InvalidParameterError, messageOf } from '../errors.ts';
import type { Credentials } from './authorizer.ts';
import { InsecureRegistries } from './insecure-registries.ts';
import type { RegistryClientOptions } from './registry-client.ts';
import { DOCKER_HUB, RegistryClient } from './registry-client.ts';

/** What a reference says of where it lies. */
interface Place {
  domain: string;
  path: string;
}

/** `insecure`: host, host:port or CIDR. `mirrors`: addresses that are asked before Docker Hub, in this order. */
export interface RegistryConfig {
  insecure: readonly string[];
  mirrors: readonly string[];
}

/** Registries as the engine is configured for them: which may do without TLS, and what stands before Docker Hub. */
export class Registries {
  readonly #fixed: RegistryConfig;
  #config: RegistryConfig;
  #insecure: InsecureRegistries;
  #mirrors: URL[];

  /** @param fixed what holds as long as the engine runs @throws InvalidParameterError */
  constructor(fixed: RegistryConfig) {
    this.#fixed = fixed;
    this.#config = fixed;
    this.#insecure = new InsecureRegistries(fixed.insecure);
    this.#mirrors = fixed.mirrors.map(parseMirror);
  }

  get config(): RegistryConfig {
    return this.#config;
  }

  /** Replaces what was added before to what the engine was started with; all or nothing. What is under way goes on as it began. @throws InvalidParameterError */
  add({ insecure, mirrors }: RegistryConfig): void {
    const config = { insecure: [...new Set([...this.#fixed.insecure, ...insecure])], mirrors: [...new Set([...this.#fixed.mirrors, ...mirrors])] };
    const parsed = { insecure: new InsecureRegistries(config.insecure), mirrors: config.mirrors.map(parseMirror) };
    this.#config = config;
    this.#insecure = parsed.insecure;
    this.#mirrors = parsed.mirrors;
  }

  /** Whether a host may speak plain HTTP or show a certificate of its own. */
  isInsecure(domain: string): boolean {
    return this.#insecure.includes(domain);
  }

  /** The registry of a reference itself; dispose it. */
  client(place: Place, options: Pick<RegistryClientOptions, 'credentials' | 'actions' | 'mountFrom'>): RegistryClient {
    return new RegistryClient({ ...place, insecure: this.isInsecure(place.domain), ...options });
  }

  /**
   * Reads from the mirrors first and at last from the registry itself, whose failure is the one that counts. A mirror never
   * sees what the user logged in to Docker Hub with.
   * @param options.isFinal failures that another source would not mend
   */
  async read<T>(place: Place, options: { credentials?: Credentials; signal?: AbortSignal; isFinal?: (error: unknown) => boolean; log: (line: string) => void }, work: (client: RegistryClient) => Promise<T>): Promise<T> {
    const { credentials, signal, isFinal, log } = options;
    for (const mirror of place.domain === DOCKER_HUB.domain ? this.#mirrors : []) {
      using client = new RegistryClient({ ...place, base: new URL('v2/', mirror), insecure: this.isInsecure(mirror.host) });
      try {
        return await work(client);
      } catch (error) {
        if (signal?.aborted === true || isFinal?.(error) === true) throw error;
        log(`the mirror ${mirror.href} did not give ${place.path}: ${messageOf(error)}`);
      }
    }
    using client = this.client(place, { credentials });
    return await work(client);
  }
}

/**
 * The address of a mirror, with a slash at its end. Source: moby `registry/config.go` ValidateMirror, whose words these are.
 * @throws InvalidParameterError
 */
export function parseMirror(text: string): URL {
  const url = URL.parse(text);
  if (url === null || url.host === '') throw new InvalidParameterError(`invalid mirror: ${JSON.stringify(text)} is not a valid URI`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new InvalidParameterError(`invalid mirror: unsupported scheme ${JSON.stringify(url.protocol.slice(0, -1))} in ${JSON.stringify(text)}: must use either 'https://' or 'http://'`);
  if (url.search !== '' || url.hash !== '') throw new InvalidParameterError(`invalid mirror: unsupported query or fragment at end of the URI ${JSON.stringify(text)}`);
  if (url.username !== '' || url.password !== '') throw new InvalidParameterError(`invalid mirror: username/password not allowed in URI ${JSON.stringify(`${url.protocol}//xxxxx@${url.host}${url.pathname}`)}`);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
