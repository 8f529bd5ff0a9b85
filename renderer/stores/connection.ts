import { create } from 'zustand';
import type { TransportStatus } from '../api.ts';

/** The two ways that can break: window to `main`, and `main` to the engine. */
export interface ConnectionState {
  transport: TransportStatus;
  /** Milliseconds since the epoch at which the transport broke. */
  transportSince: number | undefined;
  engine: { status: 'connected' } | { status: 'away'; since: string } | { status: 'unknown' };
}

export const useConnection = create<ConnectionState>(() => ({
  transport: 'connecting',
  transportSince: undefined,
  engine: { status: 'unknown' },
}));
