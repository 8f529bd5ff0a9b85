import type { OperationParams } from '../../contract/engine-operation.ts';
import type { OperationName } from '../../contract/engine-operations.ts';
import type { RegistryAccount } from '../../contract/ipc.ts';
import type { EngineClient } from '../engine-client/engine-client.ts';
import type { Account, AccountStore } from './account-store.ts';

/** What the engine wants to know of an account; the body of `POST /auth`, and of `X-Registry-Auth`. */
export interface RegistryAuth {
  username: string;
  password: string;
  serveraddress: string;
}

export interface RegistryAccounts {
  list(): Promise<RegistryAccount[]>;
  /** @throws Failure in the registry's words, when it refuses the account or cannot be asked; nothing is kept then. */
  signIn(account: Account): Promise<RegistryAccount[]>;
  signOut(server: string): Promise<RegistryAccount[]>;
  /** For the registry that a reference lies in. */
  authFor(reference: string): Promise<RegistryAuth | undefined>;
  /** Parameters of an operation with the account that it needs, unless it brings one. */
  withAccount(operation: OperationName, params: OperationParams): Promise<OperationParams>;
}

export function registryAccounts(engine: EngineClient, store: AccountStore): RegistryAccounts {
  const authFor = async (reference: string): Promise<RegistryAuth | undefined> => {
    const account = await store.find(serverOf(reference));
    return account === undefined ? undefined : authOf(account);
  };
  return {
    list: () => store.list(),
    async signIn(account) {
      const own = { ...account, server: serverOf(`${account.server}/x`) };
      await engine.operations.json('registries.login', { body: authOf(own) });
      await store.keep(own);
      return store.list();
    },
    async signOut(server) {
      await store.forget(server);
      return store.list();
    },
    authFor,
    async withAccount(operation, params) {
      const about = operation === 'images.push' ? params['image'] : operation === 'images.search' ? params['term'] : undefined;
      if (typeof about !== 'string' || params['auth'] !== undefined) return params;
      const auth = await authFor(about);
      // A push needs the header even without an account.
      if (auth === undefined && operation !== 'images.push') return params;
      return { ...params, auth: Buffer.from(JSON.stringify(auth ?? {})).toString('base64url') };
    },
  };
}

const authOf = ({ server, username, password }: Account): RegistryAuth => ({ username, password, serveraddress: server === hub ? 'https://index.docker.io/v1/' : server });

const hub = 'docker.io';

/** The registry of a reference: its first part where that looks like a host, otherwise Docker Hub. */
export function serverOf(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  if (rest.length === 0 || !(first.includes('.') || first.includes(':') || first === 'localhost')) return hub;
  return first === 'index.docker.io' || first === 'registry-1.docker.io' ? hub : first.toLowerCase();
}
