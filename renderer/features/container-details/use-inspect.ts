import { useEffect, useState } from 'react';
import type { ContainerInspect } from '../../../contract/engine-api/container.ts';
import type { IpcFailure } from '../../api.ts';
import type { ContainerView } from '../../format/engine/container.ts';
import { inspectContainer } from '../../stores/containers/inspect.ts';

export interface Inspected {
  inspect: ContainerInspect | undefined;
  failure: IpcFailure | undefined;
  again(): void;
}

/** Reads the container whole, and again whenever its row in the list changed. What was read stays until the new is here. */
export function useInspect(view: ContainerView): Inspected {
  const [state, setState] = useState<{ inspect: ContainerInspect | undefined; failure: IpcFailure | undefined }>({ inspect: undefined, failure: undefined });
  const [round, setRound] = useState(0);
  const { id, summary } = view;

  useEffect(() => {
    let isCurrent = true;
    inspectContainer(id).then(
      (inspect) => isCurrent && setState({ inspect, failure: undefined }),
      (failure: IpcFailure) => isCurrent && setState((before) => ({ ...before, failure })),
    );
    return () => {
      isCurrent = false;
    };
  }, [id, summary, round]);

  const isSame = state.inspect?.Id === id;
  return { inspect: isSame ? state.inspect : undefined, failure: state.failure, again: () => setRound(round + 1) };
}
