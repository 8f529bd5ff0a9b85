import { useEffect, useState } from 'react';
import type { Sample, StatsHistory } from '../../../contract/stats.ts';
import type { IpcFailure } from '../../api.ts';
import { totalOf, withSample } from '../../format/usage.ts';
import { useConnection } from '../../stores/connection.ts';
import { readUsageHistory, useUsage, watchUsage } from '../../stores/containers/usage.ts';

const everyMs = 1000;

export interface UsageHistory {
  history: StatsHistory | undefined;
  /** The last sample; undefined while nothing runs. */
  latest: Sample | undefined;
  failure: IpcFailure | undefined;
  again(): void;
}

/**
 * The hour of one container, or of all together, and what comes to it each second.
 * @param version when it changes (a restart, a change of health), marks are read anew.
 */
export function useUsageHistory(id: string | undefined, version: string): UsageHistory {
  const [state, setState] = useState<{ history: StatsHistory | undefined; failure: IpcFailure | undefined }>({ history: undefined, failure: undefined });
  const [round, setRound] = useState(0);
  const isConnected = useConnection(({ transport }) => transport === 'connected');
  const latest = useUsage((usage) => (id === undefined ? usage.latest : usage.latest[id]));

  useEffect(() => watchUsage(everyMs), []);

  useEffect(() => {
    let isCurrent = true;
    readUsageHistory(id).then(
      (history) => isCurrent && setState({ history, failure: undefined }),
      (failure: IpcFailure) => isCurrent && setState((before) => ({ ...before, failure })),
    );
    return () => {
      isCurrent = false;
    };
  }, [id, version, round, isConnected]);

  useEffect(
    () =>
      useUsage.subscribe((usage, before) => {
        if (usage.at === undefined || usage.at === before.at) return;
        const { at } = usage;
        const sample = id === undefined ? totalOf(Object.values(usage.latest)) : usage.latest[id];
        if (sample !== undefined) setState((now) => (now.history === undefined ? now : { ...now, history: withSample(now.history, at, sample) }));
      }),
    [id],
  );

  const sample = id === undefined ? sumOf(latest as Record<string, Sample>) : (latest as Sample | undefined);
  return { ...state, latest: sample, again: () => setRound(round + 1) };
}

function sumOf(latest: Record<string, Sample>): Sample | undefined {
  const samples = Object.values(latest);
  return samples.length === 0 ? undefined : totalOf(samples);
}
