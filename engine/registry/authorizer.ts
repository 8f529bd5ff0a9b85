import type { IncomingMessage } from 'node:http';
import { InternalError, UnauthorizedError } from '../errors.ts';
import type { Challenge } from './challenge.ts';
import { parseChallenges } from './challenge.ts';
import { httpGet, readBody, statusText } from './http-get.ts';
import type { HttpAgents } from './http-get.ts';

/** What the user gave for a registry; see `X-Registry-Auth`. */
export interface Credentials {
  username?: string;
  password?: string;
  /** OAuth2 refresh token. */
  identitytoken?: string;
  /** Bearer token, sent as it is. */
  registrytoken?: string;
}

/** Seconds that a token holds when the server does not say. Source: distribution's token specification. */
const DEFAULT_LIFETIME = 60;
/** How the engine is called at token servers. */
const CLIENT_ID = 'slipway';
const MAX_TOKEN_BODY = 1024 * 1024;

/**
 * Answers a registry's challenges with an `Authorization` header. Tokens are kept per realm, service and scope for as long
 * as they hold. Source: distribution `docs/spec/auth/token.md`, `oauth.md`.
 */
export class Authorizer {
  readonly #credentials: Credentials;
  readonly #agents: HttpAgents;
  readonly #offline: boolean;
  /** The newest that a server gave, or the one it was made with; empty for none. */
  refreshToken: string;
  readonly #tokens = new Map<string, { token: string; expiresAt: number }>();
  /** The header that the last challenge of a scope led to; sent at once with the next request. */
  readonly #headers = new Map<string, () => string | undefined>();

  /** @param options.offline token servers are asked for a refresh token as well, as a login does */
  constructor(credentials: Credentials, agents: HttpAgents, options: { offline?: boolean } = {}) {
    this.#credentials = credentials;
    this.#agents = agents;
    this.#offline = options.offline ?? false;
    this.refreshToken = credentials.identitytoken ?? '';
  }

  /** What to send with a first request. @param scope `repository:library/x:pull` */
  header(scope: string): string | undefined {
    const { registrytoken } = this.#credentials;
    return registrytoken === undefined || registrytoken === '' ? this.#headers.get(scope)?.() : `Bearer ${registrytoken}`;
  }

  /**
   * Answers the challenge of a 401 response.
   * @param signal aborts the token request
   * @throws UnauthorizedError when there is nothing to answer with
   */
  async answer(response: IncomingMessage, url: URL, scope: string, signal?: AbortSignal): Promise<string> {
    const challenges = parseChallenges(response.headers['www-authenticate'] ?? '');
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) return this.#bearer(bearer, url, scope, signal);
    if (!challenges.some(({ scheme }) => scheme === 'basic')) throw new UnauthorizedError(`Get "${url.href}": unauthorized: authentication required`);
    const basic = this.#basic();
    if (basic === undefined) throw new UnauthorizedError(`Get "${url.href}": no basic auth credentials`);
    this.#headers.set(scope, () => basic);
    return basic;
  }

  async #bearer(challenge: Challenge, url: URL, scope: string, signal?: AbortSignal): Promise<string> {
    const realm = URL.parse(challenge.parameters['realm'] ?? '');
    if (realm === null || !/^https?:$/.test(realm.protocol)) throw new InternalError(`Get "${url.href}": the token realm is no web address: ${challenge.parameters['realm']}`);
    // Credentials that were given for an encrypted registry must not travel in the clear.
    if (url.protocol === 'https:' && realm.protocol === 'http:') throw new InternalError(`Get "${url.href}": the token realm ${realm.href} is not encrypted; refused`);
    const service = challenge.parameters['service'] ?? '';
    const key = [realm.href, service, scope].join(' ');
    const fresh = () => {
      const cached = this.#tokens.get(key);
      return cached !== undefined && cached.expiresAt > Date.now() ? `Bearer ${cached.token}` : undefined;
    };
    this.#tokens.set(key, await this.#fetchToken(realm, service, scope, signal));
    this.#headers.set(scope, fresh);
    return fresh() ?? '';
  }

  async #fetchToken(realm: URL, service: string, scope: string, signal?: AbortSignal): Promise<{ token: string; expiresAt: number }> {
    const response =
      this.refreshToken === ''
        ? await httpGet(this.#tokenAddress(realm, service, scope), { headers: this.#basicHeader(), signal, agents: this.#agents })
        : await httpGet(realm, {
            method: 'POST',
            headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
            body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: this.refreshToken, service, scope, client_id: CLIENT_ID }).toString(),
            signal,
            agents: this.#agents,
          });
    const body = await readBody(response, MAX_TOKEN_BODY);
    if (response.statusCode === 401 || response.statusCode === 403) {
      throw new UnauthorizedError(`Get "${realm.href}": unauthorized: incorrect username or password`);
    }
    if (response.statusCode !== 200) throw new InternalError(`Get "${realm.href}": received unexpected HTTP status: ${statusText(response)}`);
    const { token, access_token, refresh_token, expires_in } = parseToken(body, realm);
    const text = token ?? access_token;
    if (typeof text !== 'string' || text === '' || /[\r\n]/.test(text)) throw new InternalError(`Get "${realm.href}": authorization server did not include a token in the response`);
    // A server may give a new one with each use, and the old one is void then.
    if (typeof refresh_token === 'string' && refresh_token !== '') this.refreshToken = refresh_token;
    const lifetime = typeof expires_in === 'number' && expires_in > 0 ? expires_in : DEFAULT_LIFETIME;
    return { token: text, expiresAt: Date.now() + lifetime * 1000 };
  }

  #tokenAddress(realm: URL, service: string, scope: string): URL {
    const url = new URL(realm);
    if (service !== '') url.searchParams.set('service', service);
    // One parameter for each, as servers that take a single scope from a parameter expect.
    for (const one of scope.split(' ')) if (one !== '') url.searchParams.append('scope', one);
    if (this.#offline) url.searchParams.set('offline_token', 'true');
    if (this.#offline) url.searchParams.set('client_id', CLIENT_ID);
    const { username = '' } = this.#credentials;
    if (username !== '') url.searchParams.set('account', username);
    return url;
  }

  #basic(): string | undefined {
    const { username, password } = this.#credentials;
    if (username === undefined || username === '') return undefined;
    return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
  }

  #basicHeader(): Record<string, string> {
    const basic = this.#basic();
    return basic === undefined ? {} : { Authorization: basic };
  }
}

function parseToken(body: Buffer, realm: URL): { token?: unknown; access_token?: unknown; refresh_token?: unknown; expires_in?: unknown } {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch (error) {
    throw new InternalError(`Get "${realm.href}": the token server's answer is no JSON`, { cause: error });
  }
  throw new InternalError(`Get "${realm.href}": the token server's answer is no object`);
}
