import type { VmPhase } from '../../../contract/vm-state.ts';

export interface PhaseTiming {
  /** Milliseconds from the start of everything; undefined while it waits. */
  startedMs: number | undefined;
  /** How long it took, or has taken so far. */
  tookMs: number | undefined;
}

/** @param sinceStartMs how long the whole start has run, by this window's clock. */
export function timingOf(phase: VmPhase, sinceStartMs: number): PhaseTiming {
  if (phase.startedMs === undefined) return { startedMs: undefined, tookMs: undefined };
  return { startedMs: phase.startedMs, tookMs: phase.tookMs ?? Math.max(0, sinceStartMs - phase.startedMs) };
}

export function totalOf(phases: readonly VmPhase[], sinceStartMs: number): number {
  return Math.max(0, ...phases.map((phase) => timingOf(phase, sinceStartMs)).map(({ startedMs, tookMs }) => (startedMs ?? 0) + (tookMs ?? 0)));
}

/** The end of the axis that all bars share: a little ahead of the present, in steps, so that bars do not shrink at every tick. */
export function axisOf(totalMs: number): number {
  const steps = [2000, 4000, 6000, 9000, 14_000, 20_000, 30_000, 45_000, 60_000, 90_000, 120_000];
  return steps.find((step) => totalMs * 1.12 <= step) ?? Math.ceil((totalMs * 1.12) / 60_000) * 60_000;
}
