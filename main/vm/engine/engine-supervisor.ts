/** The guest's init starts an engine again within five seconds; on a busy emulated machine it takes a while to answer. */
const absenceMs = 90_000;
const countedMs = 60_000;
const hopelessDeaths = 6;

/** Tells when an engine that comes and goes has to be given up. One death is no trouble: its containers do not notice. */
export class EngineSupervisor {
  readonly #giveUp: (reason: 'absent' | 'dies') => void;
  readonly #absenceMs: number;
  #deaths: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(giveUp: (reason: 'absent' | 'dies') => void, limits: { absenceMs?: number } = {}) {
    this.#giveUp = giveUp;
    this.#absenceMs = limits.absenceMs ?? absenceMs;
  }

  connection(connected: boolean): void {
    clearTimeout(this.#timer);
    if (!connected && !this.#stopped) this.#timer = setTimeout(() => this.#end('absent'), this.#absenceMs);
  }

  /** The guest's init said that the engine ended. */
  engineEnded(): void {
    const now = performance.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < countedMs), now];
    if (this.#deaths.length >= hopelessDeaths) this.#end('dies');
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #end(reason: 'absent' | 'dies'): void {
    if (this.#stopped) return;
    this.stop();
    this.#giveUp(reason);
  }
}
