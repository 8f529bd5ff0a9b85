/** The decoded `X-Registry-Auth` header. */
export interface RegistryAuth {
  username?: string;
  password?: string;
  identitytoken?: string;
  registrytoken?: string;
  serveraddress?: string;
}

/**
 * Base64url JSON, with or without padding. An absent, empty (`e30=`) or broken header means an anonymous pull, as in
 * moby: nothing but the registry can say whether that is enough.
 */
export function registryAuth(header: string | string[] | undefined): RegistryAuth | undefined {
  if (typeof header !== 'string' || header === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const auth: RegistryAuth = {};
  for (const name of ['username', 'password', 'identitytoken', 'registrytoken', 'serveraddress'] as const) {
    const text = (value as Record<string, unknown>)[name];
    if (typeof text === 'string' && text !== '') auth[name] = text;
  }
  return Object.keys(auth).length === 0 ? undefined : auth;
}
