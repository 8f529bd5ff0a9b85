import { libc } from './libc.ts';

/** System calls on the memory of this process. */

const dontNeed = 4;

const c = {
  mallocTrim: libc.func('int malloc_trim(size_t keep)'),
  madvise: libc.func('int madvise(uint64_t address, size_t length, int advice)'),
};

/** Gives back to the kernel what the C library holds free. */
export function trimHeap(): void {
  c.mallocTrim(0);
}

/**
 * Takes pages of a mapping out of this process. Only for a mapping that shows a file and was never written: what is needed again comes from the
 * file, out of the page cache.
 * @returns whether the kernel did so
 */
export function dropPages(start: bigint, length: bigint): boolean {
  return (c.madvise(start, length, dontNeed) as number) === 0;
}
