import { isAscii } from 'node:buffer';
import { plainText } from '../../../../contract/log-text.ts';
import { recordForm } from '../index/record-form.ts';
import type { LogDriver, RecordForm } from '../index/record-form.ts';

/** The lines of a block of a log, taken apart as little as may be: a search reads millions of them. */
export interface BlockReader {
  /** Takes a block, and where its records end. */
  take(bytes: Buffer, ends: readonly number[]): void;
  /** As a person sees it: without escape sequences. */
  text(start: number, end: number): string;
  isStderr(start: number, end: number): boolean;
  time(start: number, end: number): number;
  /** false: lines may say what their bytes do not, because escape sequences or control characters lie in between. */
  isPlain(): boolean;
}

export function blockReader(driver: LogDriver): BlockReader {
  return driver === 'local' ? new RecordBlock(recordForm('local')) : new JsonBlock();
}

const opening = '{"log":"';
/** No text has it: a quote in a text is escaped. */
const closing = '","stream":"';
const closingBytes = Buffer.from(closing);
const escapedNewline = '\\n';
const unicodeEscape = Buffer.from('\\u00');
/** Blocks with more of them are read line by line: that costs no more than looking at each. */
const escapesAtMost = 200;
/** How many lines of a block are taken from its bytes before all of it is made a string. */
const fewLines = 8;
/** UTF-8 of what may be an invisible character: U+2000 and the block after it, and the C1 controls. */
const invisible = [Buffer.from([0xe2, 0x80]), Buffer.from([0xe2, 0x81]), Buffer.from([0xc2])];

class JsonBlock implements BlockReader {
  #bytes: Buffer = Buffer.alloc(0);
  /** The block as one string, when all of it is ASCII. */
  #string = '';
  #isAscii = false;
  #asked = 0;
  readonly #form = recordForm('json-file');

  take(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#isAscii = isAscii(bytes);
    this.#string = '';
    this.#asked = 0;
  }

  text(start: number, end: number): string {
    const raw = this.#raw(start, end);
    if (raw === undefined) return plainText(this.#form.read(this.#bytes.subarray(start, end)).text);
    const line = raw.endsWith(escapedNewline) ? raw.slice(0, -escapedNewline.length) : raw;
    return line.includes('\\') ? plainText(unescape(line)) : line;
  }

  isStderr(start: number, end: number): boolean {
    // Behind `stdout` or `stderr`, of which the fourth letter tells.
    const at = this.#bytes.indexOf(closingBytes, start);
    return at !== -1 && at < end && this.#bytes[at + closing.length + 3] === 0x65;
  }

  time(start: number, end: number): number {
    return this.#form.timeOf(this.#bytes.subarray(start, end));
  }

  isPlain(): boolean {
    if (!this.#isAscii && hasInvisible(this.#bytes)) return false;
    let escapes = 0;
    for (let at = this.#bytes.indexOf(unicodeEscape); at !== -1; at = this.#bytes.indexOf(unicodeEscape, at + 6)) {
      // `<`, `>` and `&` are escaped too: 3c, 3e, 26.
      const next = this.#bytes[at + 4];
      if ((next !== 0x33 && next !== 0x32) || (escapes += 1) > escapesAtMost) return false;
    }
    return true;
  }

  /** Inside of the JSON string; undefined when the record is not as shimd writes it. */
  #raw(start: number, end: number): string | undefined {
    this.#asked += 1;
    if (this.#bytes[start] !== 0x7b) return undefined;
    if (!this.#isAscii || this.#asked < fewLines) {
      const to = this.#bytes.indexOf(closingBytes, start);
      return to === -1 || to >= end ? undefined : this.#bytes.toString('utf8', start + opening.length, to);
    }
    if (this.#string === '') this.#string = this.#bytes.toString('latin1');
    const to = this.#string.indexOf(closing, start);
    return to === -1 || to >= end || !this.#string.startsWith(opening, start) ? undefined : this.#string.slice(start + opening.length, to);
  }
}

function unescape(line: string): string {
  try {
    return JSON.parse(`"${line}"`) as string;
  } catch {
    return line;
  }
}

class RecordBlock implements BlockReader {
  #bytes: Buffer = Buffer.alloc(0);
  readonly #form: RecordForm;

  constructor(form: RecordForm) {
    this.#form = form;
  }

  take(bytes: Buffer): void {
    this.#bytes = bytes;
  }

  text(start: number, end: number): string {
    return plainText(this.#form.read(this.#bytes.subarray(start, end)).text);
  }

  isStderr(start: number, end: number): boolean {
    return this.#form.read(this.#bytes.subarray(start, end)).stderr;
  }

  time(start: number, end: number): number {
    return this.#form.timeOf(this.#bytes.subarray(start, end));
  }

  isPlain(): boolean {
    return !this.#bytes.includes(0x1b) && !hasInvisible(this.#bytes);
  }
}

function hasInvisible(bytes: Buffer): boolean {
  return invisible.some((each) => bytes.includes(each));
}
