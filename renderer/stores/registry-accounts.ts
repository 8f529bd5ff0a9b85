import { create } from 'zustand';
import type { RegistryAccount } from '../../contract/ipc.ts';
import { asFailure, request, type IpcFailure } from '../api.ts';
import { withCommand } from './window/commands.ts';

/** Where somebody is signed in; `main` keeps the passwords and never tells them. */
export const useAccounts = create<{ accounts: RegistryAccount[] | undefined; failure: IpcFailure | undefined }>(() => ({ accounts: undefined, failure: undefined }));

export async function readAccounts(): Promise<void> {
  try {
    useAccounts.setState({ accounts: await request('registries/accounts'), failure: undefined });
  } catch (error) {
    useAccounts.setState({ failure: asFailure(error) });
  }
}

/** @throws {IpcFailure} in the registry's words; nothing is kept then. */
export async function signIn(account: RegistryAccount & { password: string }): Promise<void> {
  const accounts = await withCommand(['docker', 'login', '--username', account.username, '--password-stdin', ...serverOf(account)], () => request('registries/sign-in', account));
  useAccounts.setState({ accounts, failure: undefined });
}

/** @throws {IpcFailure} */
export async function signOut(account: RegistryAccount): Promise<void> {
  const accounts = await withCommand(['docker', 'logout', ...serverOf(account)], () => request('registries/sign-out', { server: account.server }));
  useAccounts.setState({ accounts, failure: undefined });
}

const serverOf = ({ server }: RegistryAccount): string[] => (server === 'docker.io' ? [] : [server]);
