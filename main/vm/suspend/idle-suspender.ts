import { Failure, messageOf } from '../../failure.ts';
import type { Vm } from '../vm.ts';

export interface IdleSuspenderOptions {
  vm: Pick<Vm, 'state' | 'onState' | 'suspend'>;
  /** How long nothing may have happened; 0: never. Read whenever it counts. */
  idleMs(): number;
  /** Containers that run or are about to. */
  countRunning(): Promise<number>;
  log(line: string): void;
}

/** The longest time that a timer takes. */
const longestMs = 2 ** 31 - 1;

/** Suspends the VM once nobody has looked and no container has run for the set time. */
export class IdleSuspender {
  readonly #options: IdleSuspenderOptions;
  readonly #stopListening: () => void;
  #holds = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: IdleSuspenderOptions) {
    this.#options = options;
    let before = options.vm.state.status;
    this.#stopListening = options.vm.onState(({ status }) => {
      if (status !== before) this.touch();
      before = status;
    });
    this.touch();
  }

  /** Somebody looks, or something is under way; answers the way to say that it is over. */
  hold(): () => void {
    this.#holds++;
    clearTimeout(this.#timer);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds--;
      this.touch();
    };
  }

  /** Something happened: the time begins anew. */
  touch(): void {
    clearTimeout(this.#timer);
    const idleMs = this.#options.idleMs();
    if (this.#isClosed || this.#holds > 0 || idleMs <= 0 || this.#options.vm.state.status !== 'running') return;
    this.#timer = setTimeout(() => void this.#look(), Math.min(idleMs, longestMs));
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#stopListening();
  }

  async #look(): Promise<void> {
    const { vm, countRunning, log } = this.#options;
    try {
      const running = await countRunning();
      if (this.#isClosed || this.#holds > 0 || vm.state.status !== 'running') return;
      // Its end is an event, and begins the time anew.
      if (running > 0) return;
      log('nothing runs and nobody looks: the VM is suspended');
      await vm.suspend();
    } catch (error) {
      // Where VMs cannot be suspended there is nothing to tell every ten minutes.
      if (error instanceof Failure && error.kind === 'unavailable') return;
      if (!(error instanceof Failure && error.kind === 'cancelled')) log(`the VM was not suspended: ${messageOf(error)}`);
      this.touch();
    }
  }
}
