import { create } from 'zustand';
import type { ContainerInspect } from '../../../contract/engine-api/container.ts';
import { request } from '../../api.ts';
import type { ContainerView } from '../../format/engine/container.ts';

/** What explains a row in trouble; the list alone does not tell it. */
export interface Evidence {
  restartCount: number;
  outOfMemory: boolean;
  /** Bytes; 0 when there is none. */
  memoryLimit: number;
  exitCode: number;
  /** The engine's own words why it could not start. */
  error: string;
  finishedAt: string;
  failingStreak: number;
  /** What the last health check printed. */
  checkOutput: string;
}

export const useEvidence = create<{ byId: Record<string, Evidence> }>(() => ({ byId: {} }));

const atMost = 30;
/** The list's row that the evidence was read for; a changed row is in a new situation. */
const readFor = new Map<string, string>();

export function needsEvidence(view: ContainerView): boolean {
  return view.condition === 'restarting' || view.condition === 'unhealthy' || view.condition === 'failed' || view.condition === 'dead';
}

/** Inspects the rows in trouble that it has not inspected in their present state. Called after every reading of the list. */
export async function gatherEvidence(containers: readonly ContainerView[]): Promise<void> {
  const troubled = containers.filter(needsEvidence).slice(0, atMost);
  const keep = new Set(troubled.map(({ id }) => id));
  for (const id of readFor.keys()) if (!keep.has(id)) readFor.delete(id);
  const fresh = troubled.filter((view) => readFor.get(view.id) !== situationOf(view));
  await Promise.all(
    fresh.map(async (view) => {
      readFor.set(view.id, situationOf(view));
      try {
        const evidence = evidenceOf(await request('containers/inspect', { id: view.id }));
        useEvidence.setState(({ byId }) => ({ byId: { ...byId, [view.id]: evidence } }));
      } catch {
        // Gone meanwhile, or the engine is away: the row then stands without its explanation.
        readFor.delete(view.id);
      }
    }),
  );
}

function situationOf(view: ContainerView): string {
  // The age in the status text changes by itself and is no news.
  return `${view.condition} ${view.exitCode ?? ''} ${Math.round((view.since?.at ?? 0) / 10_000)}`;
}

export function evidenceOf(inspect: ContainerInspect): Evidence {
  const health = inspect.State.Health;
  return {
    restartCount: inspect.RestartCount,
    outOfMemory: inspect.State.OOMKilled,
    memoryLimit: inspect.HostConfig.Memory ?? 0,
    exitCode: inspect.State.ExitCode,
    error: inspect.State.Error,
    finishedAt: inspect.State.FinishedAt,
    failingStreak: health?.FailingStreak ?? 0,
    checkOutput: (health?.Log?.at(-1)?.Output ?? '').trim(),
  };
}
