import type { ContainerHealth } from '../../../contract/engine-api/container.ts';
import { messageOf } from '../../errors.ts';
import { nowNanoseconds, parseTimestamp } from '../../lib/time/timestamp.ts';
import { announce } from '../container-events.ts';
import type { Container } from '../container.ts';
import type { ContainerStore } from '../container-store.ts';
import { healthCheckOf } from './health-check.ts';
import type { HealthCheck } from './health-check.ts';
import { afterProbe, nextProbe, startingHealth, unwatchedHealth } from './health-state.ts';
import { runProbe } from './probe.ts';
import type { ProbeNeeds } from './probe.ts';

type MonitorNeeds = ProbeNeeds & { store: ContainerStore; log: (line: string) => void };

/** What goes into a container's record beside its state; nothing for one without a healthcheck. */
export type HealthChange = { health?: ContainerHealth };

/**
 * Asks running containers how they are. Whoever changes a container's state calls these; each answers what the record has
 * to say from then on, for the same write as the state.
 */
export class HealthMonitors {
  readonly #needs: MonitorNeeds;
  readonly #watched = new Map<string, AbortController>();

  constructor(needs: MonitorNeeds) {
    this.#needs = needs;
  }

  /** A run begins. {@link watch} is to be called once the record says so. */
  begin(container: Container): HealthChange {
    return healthCheckOf(container.record.config) === null ? {} : { health: startingHealth(container.record.health) };
  }

  /** Probes from now on: a run has begun, goes on after a pause, or was found by a new engine. */
  watch(container: Container): void {
    const check = healthCheckOf(container.record.config);
    if (check === null || container.state.status !== 'running' || this.#watched.has(container.id)) return;
    const stop = new AbortController();
    this.#watched.set(container.id, stop);
    this.#schedule(container, check, stop.signal);
  }

  /** The run has ended or is paused. */
  unwatch(container: Container): HealthChange {
    this.#watched.get(container.id)?.abort();
    this.#watched.delete(container.id);
    const { health } = container.record;
    return health === undefined ? {} : { health: unwatchedHealth(health) };
  }

  /** Leaves containers as they are. */
  close(): void {
    for (const stop of this.#watched.values()) stop.abort();
    this.#watched.clear();
  }

  #schedule(container: Container, check: HealthCheck, stopped: AbortSignal): void {
    const { health, state } = container.record;
    if (health === undefined || state.status !== 'running') return;
    const age = Number(nowNanoseconds() - (parseTimestamp(state.startedAt) ?? 0n));
    const timer = setTimeout(() => {
      stopped.removeEventListener('abort', cancel);
      void this.#probe(container, check, stopped);
    }, Math.min(nextProbe(health, check, age) / 1e6, 2 ** 31 - 1));
    const cancel = () => clearTimeout(timer);
    stopped.addEventListener('abort', cancel, { once: true });
  }

  async #probe(container: Container, check: HealthCheck, stopped: AbortSignal): Promise<void> {
    const result = await runProbe(this.#needs, container, check, stopped);
    const { health: before, state } = container.record;
    // Somebody stopped or paused it meanwhile: what the probe says is about nothing then.
    if (stopped.aborted || before === undefined || state.status !== 'running') return;
    const health = afterProbe(before, result, check, state.startedAt);
    try {
      await this.#needs.store.update(container, { health }, { sync: false });
    } catch (error) {
      this.#needs.log(`health of ${container.name}: not saved: ${messageOf(error)}`);
    }
    if (health.Status !== before.Status) announce(this.#needs.events, container, `health_status: ${health.Status}`);
    if (!stopped.aborted) this.#schedule(container, check, stopped);
  }
}
