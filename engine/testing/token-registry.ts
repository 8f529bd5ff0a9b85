import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RegistryRelay } from './registry-relay.ts';
import { startRelay } from './registry-relay.ts';

/** A registry that wants bearer tokens, with the server that gives them; for tests. The user is joe, the password secret. */
export interface TokenRegistry extends RegistryRelay {
  /** What was asked of the token server: `GET` or the grant's type, who, scopes. */
  grants: string[];
  /** Requests that are answered 429 before one is let through. */
  throttled: number;
}

/** @param options.uses how often a token is good; then the registry wants a new one */
export async function startTokenRegistry(upstream: string, options: { uses?: number } = {}): Promise<TokenRegistry> {
  const tokens = new Map<string, { scopes: string[]; uses: number }>();
  const refreshToken = 'refresh-1';
  const give = (response: ServerResponse, scopes: string[], refresh?: string) => {
    const token = `token-${tokens.size + 1}`;
    tokens.set(token, { scopes, uses: options.uses ?? Infinity });
    response.end(JSON.stringify({ access_token: token, expires_in: 300, ...(refresh === undefined ? {} : { refresh_token: refresh }) }));
  };
  const refuse = (response: ServerResponse) => void response.writeHead(401).end('{"details":"incorrect username or password"}');
  const byPassword = (request: IncomingMessage, response: ServerResponse, { searchParams }: URL) => {
    const basic = `Basic ${Buffer.from('joe:secret').toString('base64')}`;
    const scopes = searchParams.getAll('scope');
    registry.grants.push(['GET', searchParams.get('account') ?? '-', ...scopes].join(' '));
    if (request.headers.authorization !== basic || searchParams.get('service') !== 'test') refuse(response);
    else give(response, scopes, searchParams.get('offline_token') === 'true' ? refreshToken : undefined);
  };
  const byRefreshToken = (request: IncomingMessage, response: ServerResponse) => {
    let form = '';
    request.on('data', (chunk: Buffer) => (form += chunk.toString()));
    request.on('end', () => {
      const fields = new URLSearchParams(form);
      const scopes = (fields.get('scope') ?? '').split(' ');
      registry.grants.push([fields.get('grant_type'), fields.get('refresh_token'), ...scopes].join(' '));
      if (fields.get('refresh_token') !== refreshToken || fields.get('grant_type') !== 'refresh_token') refuse(response);
      else give(response, scopes);
    });
  };
  const isLetIn = (request: IncomingMessage, scope: string): boolean => {
    const token = tokens.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    if (token === undefined || token.uses === 0) return false;
    token.uses -= 1;
    const [, path = '', actions = ''] = scope.split(':');
    return scope === '' || actions.split(',').every((action) => token.scopes.some((held) => held.startsWith(`repository:${path}:`) && held.split(':')[2]!.split(',').includes(action)));
  };
  const relay = await startRelay(upstream, (request, response) => {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`);
    if (url.pathname === '/token') {
      if (request.method === 'POST') byRefreshToken(request, response);
      else byPassword(request, response, url);
      return true;
    }
    const scope = scopeOf(request.method ?? '', url.pathname);
    if (!isLetIn(request, scope)) {
      const wanted = scope === '' ? '' : `,scope="${scope}"`;
      response.writeHead(401, { 'WWW-Authenticate': `Bearer realm="http://${registry.host}/token",service="test"${wanted}` }).end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
      request.resume();
      return true;
    }
    if (scope === '' || registry.throttled === 0) return false;
    registry.throttled -= 1;
    request.resume();
    response.writeHead(429, { 'Retry-After': '0' }).end('{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}');
    return true;
  });
  const registry: TokenRegistry = Object.assign(relay, { grants: [], throttled: 0 });
  return registry;
}

/** What distribution asks for; empty at the registry's root. */
function scopeOf(method: string, path: string): string {
  const repository = /^\/v2\/(.+)\/(manifests|blobs|tags)\//.exec(path)?.[1];
  if (repository === undefined) return '';
  return `repository:${repository}:${method === 'GET' || method === 'HEAD' ? 'pull' : 'pull,push'}`;
}
