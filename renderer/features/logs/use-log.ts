import { useEffect, useState, useSyncExternalStore } from 'react';
import type { IpcFailure } from '../../api.ts';
import { isUp, type ContainerView } from '../../format/container.ts';
import { useConnection } from '../../stores/connection.ts';
import { openLog } from '../../stores/logs.ts';
import { LogBuffer } from './log-buffer.ts';

export const firstTail = 5000;
/** Enough to overlap what was shown before a stream broke. */
const resumeTail = 20_000;

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
 * The log of one container while it is looked at. A stream that ends because the container stopped, or that breaks, is
 * taken up again without repeating lines when the container or the connection is back.
 */
export function useLog(view: ContainerView): FollowedLog {
  const { id, name } = view;
  const [buffer] = useState(() => new LogBuffer());
  const [tail, setTail] = useState<number | 'all'>(firstTail);
  const [state, setState] = useState<LogStatus>({ status: 'reading' });
  const [round, setRound] = useState(0);
  const isContainerUp = isUp(view.condition);
  const isConnected = useConnection(({ transport, engine }) => transport === 'connected' && engine.status !== 'away');
  useSyncExternalStore(buffer.subscribe, buffer.version);

  useEffect(() => {
    if (!isConnected) return;
    const isFirst = buffer.received === 0;
    if (!isFirst) buffer.resume();
    let hasLines = false;
    const close = openLog({ id, name, follow: true, tail: isFirst ? tail : tail === 'all' ? 'all' : resumeTail, isRepeat: !isFirst }, {
      onChunk: (chunk) => {
        if (!hasLines) setState({ status: 'streaming' });
        hasLines = true;
        buffer.push(chunk);
      },
      onEnd: (failure) => setState(failure === undefined ? { status: 'ended' } : { status: 'failed', failure }),
    });
    return close;
  }, [buffer, id, name, tail, round, isContainerUp, isConnected]);

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
