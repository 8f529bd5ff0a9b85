import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { dropPages, trimHeap } from './syscalls/memory.ts';

/** Milliseconds without work after which memory is given back. */
const quiet = 2_000;
/** Work after which there is garbage worth a collection. */
const muchWork = 50;

/**
 * Gives memory back when a process has nothing to do: garbage, what the allocator holds free, and the pages of the program that were needed once
 * (its start touches four fifths of them). Node by itself keeps all of it until the machine runs short.
 */
export class IdleMemory {
  #lastWork = performance.now();
  /** The start has left garbage too. */
  #work = muchWork;
  #timer: NodeJS.Timeout | undefined;

  /** Something was done; cheap enough for every request. */
  touch(): void {
    this.#work += 1;
    this.#lastWork = performance.now();
    this.#timer ??= setTimeout(() => this.#look(), quiet).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const rest = this.#lastWork + quiet - performance.now();
    this.#timer = rest > 0 ? setTimeout(() => this.#look(), rest + 1).unref() : undefined;
    if (rest > 0) return;
    if (this.#work >= muchWork) collectGarbage();
    this.#work = 0;
    trimHeap();
    dropProgramPages();
  }
}

let collector: (() => void) | undefined;

/** V8 shows its collector to new contexts alone. The flag is taken back: code that V8 has cached is only good for the flags it was made with. */
function collectGarbage(): void {
  if (collector === undefined) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  collector();
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
