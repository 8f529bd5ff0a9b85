import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { dropPages, trimHeap } from './syscalls/memory.ts';

/** Milliseconds without work: after which what is easy is given back, and after which what costs more. */
const usualQuiet = { short: 2_000, long: 8_000 };
/** Work after which there is garbage worth a collection. */
const muchWork = 50;
/** Memory beyond the least that there was, kB, which is worth the dear collection. */
const worthwhile = 4 * 1024;

/**
 * Gives memory back when a process has nothing to do: garbage, what the allocator holds free, and the pages of the program that were needed once
 * (its start touches four fifths of them). Node by itself keeps all of it until the machine runs short. After a longer time also the pages that V8 keeps
 * for its next growth, tens of megabytes after a large copy: only a collection as before running out of memory takes those, which is several in a row and a
 * tenth of a second.
 */
export class IdleMemory {
  readonly #quiet: typeof usualQuiet;
  #lastWork = performance.now();
  #work: number;
  /** What is easy has been done since the last work. */
  #isTidy = false;
  /** Anonymous memory after the last dear collection, kB; undefined where what is there now is to count as that. */
  #least: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param options.isPractised the process was tidied before this start, as that of a restored machine: collecting again would only touch, and translate, what nobody needs. Otherwise a start leaves garbage too. */
  constructor(quiet = usualQuiet, { isPractised = false } = {}) {
    this.#quiet = quiet;
    this.#work = isPractised ? 0 : muchWork;
    this.#least = isPractised ? undefined : 0;
  }

  /** Something was done; cheap enough for every request. */
  touch(): void {
    this.#work += 1;
    this.#isTidy = false;
    this.#lastWork = performance.now();
    if (this.#timer === undefined) this.#lookIn(this.#quiet.short);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const { short, long } = this.#quiet;
    const idle = performance.now() - this.#lastWork;
    this.#timer = undefined;
    if (idle >= long) {
      this.#tidyThoroughly();
      // What was asked for may go on for a while, as the removal of many files does: a few more looks, ever later.
      if (idle < 8 * long) this.#lookIn(idle);
      return;
    }
    if (idle >= short && !this.#isTidy) this.#tidy();
    this.#lookIn((this.#isTidy ? long : short) - idle + 1);
  }

  #lookIn(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#look(), milliseconds).unref();
  }

  #tidy(): void {
    this.#isTidy = true;
    if (this.#work >= muchWork) collectGarbage();
    this.#work = 0;
    trimHeap();
    dropProgramPages();
    this.#least ??= anonymousMemory();
  }

  #tidyThoroughly(): void {
    if (anonymousMemory() > (this.#least ?? 0) + worthwhile) {
      collectGarbage({ flavor: 'last-resort' });
      trimHeap();
      this.#least = anonymousMemory();
    }
    dropProgramPages();
  }
}

/** At once, for a process that is about to stand still. */
export function tidyMemory(): void {
  collectGarbage();
  trimHeap();
}

/** kB; 0 where it cannot be told. */
function anonymousMemory(): number {
  try {
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

let collector: ((options?: { flavor: 'last-resort' }) => void) | undefined;

/** V8 shows its collector to new contexts alone. The flag is taken back: code that V8 has cached is only good for the flags it was made with. */
function collectGarbage(options?: { flavor: 'last-resort' }): void {
  if (collector === undefined) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as NonNullable<typeof collector>;
    setFlagsFromString('--no-expose-gc');
  }
  collector(options);
}

/** Code and constants of the program: mappings of its file that nobody has ever written to. */
function dropProgramPages(): void {
  try {
    for (const mapping of readFileSync('/proc/self/smaps', 'utf8').split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/)) {
      const head = /^([0-9a-f]+)-([0-9a-f]+) (r-[x-]p) \S+ \S+ [1-9]\d*\s+(.*)$/m.exec(mapping);
      if (head === null || head[4] !== process.execPath || !/^Private_Dirty:\s+0 kB$/m.test(mapping) || !/^Anonymous:\s+0 kB$/m.test(mapping)) continue;
      const start = BigInt(`0x${head[1]}`);
      dropPages(start, BigInt(`0x${head[2]}`) - start);
    }
  } catch {
    // Nothing depends on it.
  }
}
