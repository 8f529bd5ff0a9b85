import { messageOf } from '../errors.ts';

/** What this machine is at, at one moment. */
export interface MachineFigures {
  /** Processor time so far in any unit: all of it, and the part in which nothing ran. */
  time: { all: number; idle: number };
  /** Bytes of files in memory that could be forgotten: not mapped by anybody, and on a disk. */
  cached: number;
  /** Bytes free on the data disk. */
  free: number;
}

export interface GiveBackOptions {
  read(): MachineFigures;
  /** Writes everything out, so that all of what is cached can be forgotten. */
  sync(): Promise<void>;
  dropCaches(): Promise<void>;
  trim(): Promise<void>;
  log(line: string): void;
}

/** With the kernel's own way to report free memory, which takes some seconds more, ten seconds suffice from the end of a load. */
const lookMs = 2_000;
/** Share of the processors' time below which a machine is idle. An engine that samples its containers takes 3 % under emulation. */
const idleShare = 0.15;
const worthDropping = 64 * 1024 ** 2;
const worthTrimming = 1024 ** 2;
/** Blocks of removed files are free only once the file system's journal says so, which takes five seconds. */
const trimAfterMs = 6_000;
/** A machine that is never idle gives its disk back all the same. */
const trimAtLatestMs = 20_000;

/**
 * Gives back to the host what this machine does not need any more: once it is idle it forgets what it keeps of files in memory (the kernel then reports
 * the free pages to the host, ballooning), and after files were removed the disk is told which blocks are free, in runs as long as they are: what the
 * mount option `discard` says one by one is mostly smaller than the pieces that a disk image consists of.
 *
 * Looks every two seconds instead of listening: loads end without anybody telling, inside of containers that run on.
 */
export class GiveBack {
  readonly #options: GiveBackOptions;
  readonly #timer: NodeJS.Timeout;
  #before: MachineFigures;
  #idleLooks = 0;
  /** What could not be forgotten at the last try. */
  #leftCached = 0;
  #leastFree: number;
  #freedSince: number | undefined;
  #lastFreed = 0;
  #isBusy = false;

  constructor(options: GiveBackOptions) {
    this.#options = options;
    this.#before = options.read();
    this.#leastFree = this.#before.free;
    this.#timer = setInterval(() => void this.#look(), lookMs).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      const now = this.#options.read();
      const all = now.time.all - this.#before.time.all;
      const busy = all - (now.time.idle - this.#before.time.idle);
      this.#idleLooks = all > 0 && busy / all < idleShare ? this.#idleLooks + 1 : 0;
      this.#noteFree(now.free);
      this.#before = now;
      await this.#returnMemory(now.cached);
      await this.#returnDisk(now.free);
    } catch (error) {
      this.#options.log(`memory and disk are not given back: ${messageOf(error)}`);
      this.close();
    } finally {
      this.#isBusy = false;
    }
  }

  async #returnMemory(cached: number): Promise<void> {
    this.#leftCached = Math.min(this.#leftCached, cached);
    if (this.#idleLooks === 0 || cached - this.#leftCached < worthDropping) return;
    await this.#options.sync();
    await this.#options.dropCaches();
    this.#leftCached = this.#options.read().cached;
  }

  #noteFree(free: number): void {
    if (free < this.#leastFree) this.#leastFree = free;
    if (free - this.#leastFree < worthTrimming) return;
    const now = performance.now();
    this.#freedSince ??= now;
    if (free > this.#before.free) this.#lastFreed = now;
  }

  async #returnDisk(free: number): Promise<void> {
    if (this.#freedSince === undefined) return;
    const now = performance.now();
    const isRipe = (this.#idleLooks > 0 && now - this.#lastFreed >= trimAfterMs) || now - this.#freedSince >= trimAtLatestMs;
    if (!isRipe) return;
    this.#leastFree = free;
    this.#freedSince = undefined;
    await this.#options.sync();
    await this.#options.trim();
  }
}
