import type { HandlersOf, Services } from './handlers.ts';

export function registryHandlers({ accounts }: Services): HandlersOf<'registries'> {
  return {
    'registries/accounts': () => accounts.list(),
    'registries/sign-in': (account) => accounts.signIn(account),
    'registries/sign-out': ({ server }) => accounts.signOut(server),
  };
}
