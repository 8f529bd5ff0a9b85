import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegistryAccount } from '../../contract/ipc.ts';
import { messageOf } from '../failure.ts';

export interface Account extends RegistryAccount {
  password: string;
}

/** Who is signed in where: `registry-accounts.json` below the home, which this user alone reads. Passwords never go to a window. */
export interface AccountStore {
  list(): Promise<RegistryAccount[]>;
  find(server: string): Promise<Account | undefined>;
  keep(account: Account): Promise<void>;
  forget(server: string): Promise<void>;
}

export function openAccounts(home: string, log: (line: string) => void): AccountStore {
  const path = join(home, 'registry-accounts.json');
  let read: Promise<Map<string, Account>> | undefined;
  const accounts = (): Promise<Map<string, Account>> => (read ??= load(path, log));
  // One after the other: two at once would each write its own half.
  let last: Promise<unknown> = Promise.resolve();
  const change = (work: (all: Map<string, Account>) => void): Promise<void> => {
    const done = last.then(async () => {
      const next = new Map(await accounts());
      work(next);
      await save(path, [...next.values()]);
      read = Promise.resolve(next);
    });
    last = done.catch(() => undefined);
    return done;
  };
  return {
    list: async () => [...(await accounts()).values()].map(({ server, username }) => ({ server, username })),
    find: async (server) => (await accounts()).get(server),
    keep: (account) => change((all) => all.set(account.server, account)),
    forget: (server) => change((all) => all.delete(server)),
  };
}

async function load(path: string, log: (line: string) => void): Promise<Map<string, Account>> {
  try {
    const { accounts } = JSON.parse(await readFile(path, 'utf8')) as { accounts: Account[] };
    return new Map(accounts.map(({ server, username, password }) => [server, { server, username, password }]));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log(`registries: ${path} could not be read (${messageOf(error).split('\n', 1)[0] ?? ''}); nobody is signed in`);
    return new Map();
  }
}

/** Temp file, fsync, rename: after a crash the old file or the new one is there, never half of one. */
async function save(path: string, accounts: readonly Account[]): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ accounts }, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
