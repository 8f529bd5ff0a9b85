import { InvalidParameterError, UnauthorizedError } from '../errors.ts';
import type { Credentials } from './authorizer.ts';
import type { Registries } from './registries.ts';
import { RegistryClient } from './registry-client.ts';
import { RegistryError } from './registry-error.ts';

export interface LoginResult {
  /** A refresh token to keep instead of the password; empty where the registry gives none. */
  IdentityToken: string;
  Status: 'Login Succeeded';
}

/**
 * Whether a registry lets these credentials in. Source: moby `registry/auth.go` loginV2.
 * @throws UnauthorizedError in the registry's words; InternalError when it cannot be reached
 */
export async function login(registries: Registries, credentials: Credentials & { serveraddress?: string }, signal?: AbortSignal): Promise<LoginResult> {
  const domain = registryHost(credentials.serveraddress ?? '');
  using client = new RegistryClient({ domain, path: '', insecure: registries.isInsecure(domain), credentials, offline: true });
  try {
    await client.checkAccess(signal);
  } catch (error) {
    if (error instanceof RegistryError && error.kind === 'unauthorized') throw new UnauthorizedError(`login attempt to ${domain} failed: ${error.message}`, { cause: error });
    throw error;
  }
  return { IdentityToken: client.refreshToken, Status: 'Login Succeeded' };
}

/** Docker Hub has an address of its own in the client's configuration, `https://index.docker.io/v1/`. */
function registryHost(address: string): string {
  const host = address.replace(/^https?:\/\//, '').split('/')[0] ?? '';
  if (host === '' || host === 'index.docker.io' || host === 'registry-1.docker.io') return 'docker.io';
  if (!/^[\w.[\]:-]+$/.test(host)) throw new InvalidParameterError(`invalid registry address: ${JSON.stringify(address)}`);
  return host;
}
