import { vmRoutes, type VmPhase, type VmPhaseId, type VmRoute } from '../../../contract/vm-state.ts';

/** The phases of one start with their times. `changed` is called after each change with the new list. */
export class PhaseClock {
  readonly #startedAt = performance.now();
  readonly #changed: (phases: VmPhase[]) => void;
  #phases: VmPhase[] = vmRoutes.cold.map((id) => ({ id, status: 'waiting' }));

  constructor(changed: (phases: VmPhase[]) => void) {
    this.#changed = changed;
  }

  get phases(): VmPhase[] {
    return this.#phases;
  }

  get current(): VmPhaseId {
    return this.#phases.find((phase) => phase.status === 'running')?.id ?? this.#phases.findLast((phase) => phase.status === 'done')?.id ?? 'requirements';
  }

  /** It has turned out which phases this start has; those that have run keep their times. */
  follow(route: VmRoute): void {
    this.#phases = vmRoutes[route].map((id) => this.#phases.find((phase) => phase.id === id) ?? { id, status: 'waiting' });
    this.#changed(this.#phases);
  }

  /** Ends the running phase, if any, and begins this one. Later phases wait again: a start may fall back to an earlier phase. */
  begin(id: VmPhaseId): void {
    const now = this.#now();
    const index = this.#phases.findIndex((phase) => phase.id === id);
    this.#update((phase, at) => {
      if (at === index) return { id, status: 'running', startedMs: now };
      if (at > index) return { id: phase.id, status: 'waiting' };
      return phase.status === 'running' ? ended(phase, 'done', now) : phase;
    });
  }

  detail(id: VmPhaseId, detail: string): void {
    this.#update((phase) => (phase.id === id ? { ...phase, detail } : phase));
  }

  finish(): void {
    this.#end('done');
  }

  fail(): void {
    this.#end('failed');
  }

  #end(status: 'done' | 'failed'): void {
    const now = this.#now();
    this.#update((phase) => (phase.status === 'running' ? ended(phase, status, now) : phase));
  }

  #update(change: (phase: VmPhase, index: number) => VmPhase): void {
    this.#phases = this.#phases.map(change);
    this.#changed(this.#phases);
  }

  #now(): number {
    return Math.round(performance.now() - this.#startedAt);
  }
}

function ended(phase: VmPhase, status: 'done' | 'failed', now: number): VmPhase {
  return { ...phase, status, tookMs: now - (phase.startedMs ?? now) };
}
