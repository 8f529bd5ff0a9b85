import { useEffect, useState, useSyncExternalStore } from 'react';
import type { IpcFailure } from '../../api.ts';
import { isUp, type ContainerView } from '../../format/engine/container.ts';
import { useConnection } from '../../stores/connection.ts';
import { findContainer, useContainers } from '../../stores/containers/containers.ts';
import { openLog } from '../../stores/containers/logs.ts';
import { LogBuffer } from './log-buffer.ts';

export const firstTail = 5000;

export type LogStatus = { status: 'reading' } | { status: 'streaming' } | { status: 'ended' } | { status: 'failed'; failure: IpcFailure };

export interface FollowedLog {
  buffer: LogBuffer;
  state: LogStatus;
  /** Lines asked for at first; `all` once the whole log was wanted. */
  tail: number | 'all';
  readAll(): void;
  again(): void;
}

/**
 * The log of one container while it is looked at. A stream that ended because the container stopped, or that broke, is
 * taken up again without repeating lines when the container or the connection is back.
 */
export function useLog({ id, name }: ContainerView): FollowedLog {
  const [buffer] = useState(() => new LogBuffer());
  const [tail, setTail] = useState<number | 'all'>(firstTail);
  const [state, setState] = useState<LogStatus>({ status: 'reading' });
  const [round, setRound] = useState(0);
  const isConnected = useConnection(({ transport, engine }) => transport === 'connected' && engine.status !== 'away');
  useSyncExternalStore(buffer.subscribe, buffer.version);

  useEffect(() => {
    if (!isConnected) return;
    const since = buffer.resume();
    let hasLines = false;
    let stopWaiting = (): void => undefined;
    const close = openLog({ id, name, tail: since === undefined ? tail : 'all', since }, {
      onChunk: (chunk) => {
        if (!hasLines) setState({ status: 'streaming' });
        hasLines = true;
        buffer.push(chunk);
      },
      onEnd: (failure) => {
        setState(failure === undefined ? { status: 'ended' } : { status: 'failed', failure });
        if (failure === undefined) stopWaiting = onNextRun(id, () => setRound(round + 1));
      },
    });
    return () => {
      close();
      stopWaiting();
    };
  }, [buffer, id, name, tail, round, isConnected]);

  return {
    buffer,
    state,
    tail,
    readAll: () => {
      buffer.clear();
      setTail('all');
    },
    again: () => setRound(round + 1),
  };
}

/** Tells when the container's row has changed and says that it runs: the row of this moment may not know yet that it stopped. */
function onNextRun(id: string, then: () => void): () => void {
  const rowOf = (): ContainerView | undefined => findContainer(useContainers.getState().containers, id);
  const before = rowOf();
  const stop = useContainers.subscribe(() => {
    const row = rowOf();
    if (row === undefined || row === before || !isUp(row.condition)) return;
    stop();
    then();
  });
  return stop;
}
