import { Transform, type TransformCallback } from 'node:stream';

/** `QEMU_VM_SECTION_PART` and `_END`, the sections of a state that go on with memory. Source: QEMU migration/savevm.c */
const memoryGoesOn = [2, 3];
/** Flags in the low bits of a page's address. Source: QEMU migration/ram.c */
const Flag = { zero: 0x02, memSize: 0x04, page: 0x08, end: 0x10, sameBlock: 0x20 } as const;
const pageSize = 4096;
/** How the section that begins the memory goes on after its type and number: name, instance 0, version 4. */
const memoryBegins = Buffer.from('\x03ram\0\0\0\0\0\0\0\x04', 'latin1');
/** Before it come some hundred bytes of version and configuration. */
const searchedBytes = 64 * 1024;
/** A section's number again, after its content. */
const footerSize = 5;
const pieceBytes = 1024 * 1024;

/**
 * Takes the pages that hold nothing out of a VM's state. QEMU writes each of them down, and when it reads them it looks whether the memory is zero there, by
 * which the kernel gives it all of that memory: a VM of 1 GiB that used 300 MB has 1.1 GB after a resume, and nobody gives it back. Memory that a state
 * says nothing about begins as zeros anyway.
 *
 * Understands a state with `x-ignore-shared`. One that does not begin as expected passes unchanged; one that goes on otherwise is an error.
 */
export class ZeroPageFilter extends Transform {
  #rest: Buffer = Buffer.alloc(0);
  #state: 'search' | 'blocks' | 'section' | 'pages' | 'through' = 'search';
  /** Of the record before, in what comes in and in what goes out: a record of the same block leaves the name out. */
  #block: Buffer = Buffer.alloc(0);
  #sentBlock: Buffer = Buffer.alloc(0);
  #passed: Buffer[] = [];
  #passedSize = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
      this.#rest = bytes.subarray(this.#take(bytes));
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    if (this.#state === 'search' || this.#state === 'through') {
      this.#pass(this.#rest);
      this.#passOn();
      done();
    } else {
      done(new Error('the state of the VM ends in the middle of its memory'));
    }
  }

  /** Collected: what holds nothing lies between a few pages that do, and a write for each would cost more than all the rest. */
  #pass(bytes: Buffer): void {
    this.#passed.push(bytes);
    this.#passedSize += bytes.length;
    if (this.#passedSize >= pieceBytes) this.#passOn();
  }

  #passOn(): void {
    if (this.#passedSize > 0) this.push(Buffer.concat(this.#passed));
    this.#passed = [];
    this.#passedSize = 0;
  }

  /** Passes on what is whole; answers how far that was. */
  #take(bytes: Buffer): number {
    let at = 0;
    for (;;) {
      switch (this.#state) {
        case 'search': {
          const found = bytes.indexOf(memoryBegins);
          if (found === -1 && bytes.length < searchedBytes) return at;
          this.#state = found === -1 ? 'through' : 'blocks';
          at = found === -1 ? 0 : found + memoryBegins.length;
          this.#pass(bytes.subarray(0, at));
          break;
        }
        case 'blocks': {
          const end = endOfBlocks(bytes, at);
          if (end === null) return at;
          this.#pass(bytes.subarray(at, end));
          at = end;
          this.#state = 'section';
          break;
        }
        case 'section': {
          if (bytes.length < at + footerSize) return at;
          if (!memoryGoesOn.includes(bytes[at] ?? 0)) {
            this.#state = 'through';
            break;
          }
          this.#pass(bytes.subarray(at, at + 5));
          at += 5;
          this.#state = 'pages';
          break;
        }
        case 'pages': {
          const next = this.#takePages(bytes, at);
          if (this.#state === 'pages') return next;
          at = next;
          break;
        }
        case 'through':
          this.#pass(bytes.subarray(at));
          return bytes.length;
      }
    }
  }

  /** Page after page up to the section's end or the last whole one. Runs of pages go on as one piece. */
  #takePages(bytes: Buffer, start: number): number {
    let at = start;
    let from = start;
    const passUpTo = (end: number) => {
      if (end > from) this.#pass(bytes.subarray(from, end));
    };
    while (bytes.length >= at + 8) {
      const flags = bytes.readUInt16BE(at + 6) & (pageSize - 1);
      if (flags === Flag.end) {
        if (bytes.length < at + 8 + footerSize) break;
        at += 8 + footerSize;
        passUpTo(at);
        this.#state = 'section';
        return at;
      }
      const isSame = (flags & Flag.sameBlock) !== 0;
      const kind = flags & ~Flag.sameBlock;
      if (kind !== Flag.zero && kind !== Flag.page) throw new Error(`the state of the VM holds a page of an unknown kind (flags ${flags})`);
      let body = at + 8;
      if (!isSame) {
        if (bytes.length < body + 1) break;
        const name = bytes.subarray(body, body + 1 + (bytes[body] ?? 0));
        body += 1 + (bytes[body] ?? 0);
        if (bytes.length < body + 1) break;
        this.#block = Buffer.from(name);
      }
      const end = body + (kind === Flag.zero ? 1 : pageSize);
      if (bytes.length < end) break;
      if (kind === Flag.zero && bytes[body] === 0) {
        passUpTo(at);
        from = end;
      } else {
        if (isSame && !this.#block.equals(this.#sentBlock)) {
          passUpTo(at);
          const head = Buffer.from(bytes.subarray(at, at + 8));
          head.writeUInt16BE(head.readUInt16BE(6) & ~Flag.sameBlock, 6);
          this.#pass(Buffer.concat([head, this.#block]));
          from = body;
        }
        this.#sentBlock = this.#block;
      }
      at = end;
    }
    passUpTo(at);
    return at;
  }
}

/** Behind the list of memory blocks, the end of their section and its footer; null when that is not all there. */
function endOfBlocks(bytes: Buffer, start: number): number | null {
  if (bytes.length < start + 8) return null;
  let left = bytes.readBigUInt64BE(start) & ~BigInt(pageSize - 1);
  let at = start + 8;
  while (left > 0n) {
    if (bytes.length < at + 1) return null;
    const size = at + 1 + (bytes[at] ?? 0);
    // Its length and, as memory that is shared may be left out, its address.
    if (bytes.length < size + 16) return null;
    left -= bytes.readBigUInt64BE(size);
    at = size + 16;
  }
  if (bytes.length < at + 8 + footerSize) return null;
  if (bytes.readBigUInt64BE(at) !== BigInt(Flag.end)) throw new Error('the state of the VM lists its memory in an unknown way');
  return at + 8 + footerSize;
}
