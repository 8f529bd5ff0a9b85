import type { SearchResult } from '../../contract/engine-api/image.ts';
import { InternalError, InvalidParameterError, messageOf } from '../errors.ts';
import type { Credentials } from './authorizer.ts';
import { httpGet, HttpAgents, readBody, statusText } from './http-get.ts';
import type { Registries } from './registries.ts';

export interface SearchOptions {
  /** 1-100; 25 when 0. */
  limit?: number;
  /** is-automated, is-official, stars. */
  filters?: Record<string, string[]>;
  credentials?: Credentials;
  signal?: AbortSignal;
}

const MAX_BODY = 8 * 1024 * 1024;
const HUB = 'index.docker.io';

/**
 * Repositories whose name or description has the term, from Docker Hub or, with `host/term`, from another registry. The
 * only protocol for it is that of the first registries, which most of today's do not speak. Source: moby `registry/search.go`.
 * @throws InvalidParameterError; InternalError when the registry cannot be reached or has no search
 */
export async function searchRegistry(registries: Registries, term: string, options: SearchOptions): Promise<SearchResult[]> {
  const { filters = {}, limit = 0 } = options;
  const unknown = Object.keys(filters).find((name) => !['is-automated', 'is-official', 'stars'].includes(name));
  if (unknown !== undefined) throw new InvalidParameterError(`invalid filter '${unknown}'`);
  const isAutomated = flag(filters, 'is-automated');
  const isOfficial = flag(filters, 'is-official');
  const stars = Math.max(0, ...(filters['stars'] ?? []).map(starCount));
  if (limit < 0 || limit > 100) throw new InvalidParameterError(`limit ${limit} is outside the range of [1, 100]`);
  if (term.includes('://')) throw new InvalidParameterError(`invalid repository name: repository name (${term}) should not have a scheme`);
  // Automated builds are no more: nothing is one.
  if (isAutomated === true) return [];
  const { host, name } = splitTerm(term);
  const found = await ask(registries, host, name, limit === 0 ? 25 : limit, options);
  return found.filter((row) => (isOfficial === undefined || row.is_official === isOfficial) && row.star_count >= stars);
}

/** The first component is a host when it looks like one. */
function splitTerm(term: string): { host: string; name: string } {
  const slash = term.indexOf('/');
  const first = term.slice(0, Math.max(slash, 0));
  if (!/[.:]/.test(first) && first !== 'localhost') return { host: HUB, name: term };
  const name = term.slice(slash + 1);
  return first === 'docker.io' || first === HUB ? { host: HUB, name: name.replace(/^library\//, '') } : { host: first, name };
}

async function ask(registries: Registries, host: string, name: string, limit: number, { credentials, signal }: SearchOptions): Promise<SearchResult[]> {
  const insecure = registries.isInsecure(host);
  const agents = new HttpAgents({ verifyCertificates: !insecure });
  const query = new URLSearchParams({ q: name, n: String(limit) }).toString();
  const headers = { 'X-Docker-Token': 'true', ...basic(credentials) };
  try {
    const secure = new URL(`https://${host}/v1/search?${query}`);
    const response = await httpGet(secure, { headers, signal, agents }).catch(async (error: unknown) => {
      if (!insecure || signal?.aborted === true) throw error;
      return httpGet(new URL(`http://${host}/v1/search?${query}`), { headers, signal, agents });
    });
    if (response.statusCode !== 200) {
      response.destroy();
      throw new InternalError(`the registry ${host} cannot be searched: it answers ${statusText(response)}; it may have no search, as most registries besides Docker Hub`);
    }
    return rows(await readBody(response, MAX_BODY), host);
  } finally {
    agents.destroy();
  }
}

function basic(credentials: Credentials | undefined): Record<string, string> {
  const { username = '', password = '' } = credentials ?? {};
  return username === '' ? {} : { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

function rows(body: Buffer, host: string): SearchResult[] {
  try {
    const { results } = JSON.parse(body.toString()) as { results: Record<string, unknown>[] };
    return results.map((row) => ({
      star_count: typeof row['star_count'] === 'number' ? row['star_count'] : 0,
      is_official: row['is_official'] === true,
      name: String(row['name'] ?? ''),
      is_automated: false,
      description: typeof row['description'] === 'string' ? row['description'] : '',
    }));
  } catch (error) {
    throw new InternalError(`the registry ${host} cannot be searched: its answer is no list of results: ${messageOf(error)}`, { cause: error });
  }
}

function flag(filters: Record<string, string[]>, name: string): boolean | undefined {
  const values = filters[name];
  if (values === undefined) return undefined;
  if (values.length === 1 && (values[0] === 'true' || values[0] === '1')) return true;
  if (values.length === 1 && (values[0] === 'false' || values[0] === '0')) return false;
  throw new InvalidParameterError(`invalid filter '${name}=[${values.join(' ')}]'`);
}

function starCount(value: string): number {
  if (!/^[+-]?\d+$/.test(value)) throw new InvalidParameterError(`invalid filter 'stars=[${value}]'`);
  return Number(value);
}
