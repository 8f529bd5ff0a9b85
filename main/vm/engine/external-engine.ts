import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { stoppedVm, type VmState } from '../../../contract/vm-state.ts';
import { Failure } from '../../failure.ts';
import { callEngine } from '../channel/engine-call.ts';
import { PhaseClock } from '../boot/phase-clock.ts';
import { VmStartError } from '../start-error.ts';
import type { GuestTarget, Vm } from '../vm.ts';

/**
 * An engine that already runs natively on this Linux host, in the place of a VM. Starting asks whether it answers and
 * stopping lets it go on; its published ports are on this host without any forwarding.
 */
export function createExternalEngine(options: { socketPath: string }): Vm {
  return new ExternalEngine(options.socketPath);
}

const answerMs = 10_000;

class ExternalEngine implements Vm {
  readonly #socketPath: string;
  readonly #listeners = new Set<(state: VmState) => void>();
  #state: VmState = stoppedVm;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  get state(): VmState {
    return this.#state;
  }

  onState(listener: (state: VmState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(): Promise<void> {
    if (this.#state.status === 'running') return;
    const startedAt = new Date().toISOString();
    const clock = new PhaseClock((phases) => this.#set({ status: 'starting', startedAt, phases }));
    clock.begin('engine');
    try {
      const answer = await callEngine(() => this.openStream(), 'GET', '/version', AbortSignal.timeout(answerMs));
      if (answer.status !== 200) throw new Error(`it answered ${answer.status}`);
      const { Version: engineVersion = 'unknown' } = JSON.parse(answer.body) as { Version?: string };
      clock.detail('engine', this.#socketPath);
      clock.finish();
      this.#set({ status: 'running', startedAt, phases: clock.phases, accelerator: 'external', engineVersion });
    } catch (cause) {
      const error = new VmStartError(
        {
          code: 'engine-timeout',
          phase: 'engine',
          message: `No engine answers on ${this.#socketPath}: ${cause instanceof Error ? cause.message : String(cause)}`,
          steps: [{ text: 'Start the engine, then try again.', command: `npm run engine -- --root /var/lib/slipway --socket ${this.#socketPath}`, action: 'retry' }],
        },
        { cause },
      );
      clock.fail();
      this.#set({ status: 'failed', phases: clock.phases, failure: error.failure });
      throw error;
    }
  }

  stop(): Promise<void> {
    this.#set(stoppedVm);
    return Promise.resolve();
  }

  consoleLines(): string[] {
    return [];
  }

  suspend(): Promise<void> {
    return Promise.reject(new Failure('unavailable', 'An engine without VM cannot be suspended.'));
  }

  wake(): Promise<void> {
    return Promise.resolve();
  }

  /** Its data lies on this computer's disk. */
  growDisk(): Promise<void> {
    return Promise.resolve();
  }

  atRest(): Promise<never> {
    return Promise.reject(new Failure('unavailable', 'An engine without VM has no data disk of Slipway’s.', { hint: 'Copy the folder that it was started with (--root).' }));
  }

  recover(): Promise<void> {
    return Promise.reject(new Error('An engine without VM has no image and no data disk to recover.'));
  }

  async openStream(target: GuestTarget = { kind: 'api' }): Promise<Duplex> {
    if (target.kind !== 'api') throw new Error('An engine without VM publishes its ports by itself.');
    const socket = connect({ path: this.#socketPath, allowHalfOpen: true });
    // Rejects with the socket's error.
    await once(socket, 'connect');
    return socket;
  }

  /** The engine holds its ports itself: nobody asks. */
  onPortRequest(): void {}

  #set(state: VmState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}
