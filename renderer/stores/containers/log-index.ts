import { create } from 'zustand';
import { asFailure, type IpcFailure } from '../../api.ts';
import { hasLogIndex } from './log-calls.ts';

interface LogIndexState {
  /** Whether the engine can read logs by number of line; undefined until it has said so. */
  index: boolean | undefined;
  failure: IpcFailure | undefined;
  ask(): void;
}

/** Asked once: an engine does not become another while the window is open. */
export const useLogIndex = create<LogIndexState>((set, get) => ({
  index: undefined,
  failure: undefined,
  ask() {
    if (get().index !== undefined) return;
    hasLogIndex().then(
      (index) => set({ index, failure: undefined }),
      (error: unknown) => set({ failure: asFailure(error) }),
    );
  },
}));
