import { useConnection } from './connection.ts';
import { useVm } from './vm.ts';

/** True while what the lists show is older than the engine: it can be read, not acted upon. */
export function useIsStale(): boolean {
  const isRunning = useVm(({ vm }) => vm?.status === 'running');
  const isConnected = useConnection(({ transport, engine }) => transport === 'connected' && engine.status !== 'away');
  return !isRunning || !isConnected;
}
