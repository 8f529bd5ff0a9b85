import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const keptLines = 200;
const longestLine = 2000;

/** What the guest says of its own start, one line each on the serial console. */
export type GuestNews = { kind: 'kernel' } | { kind: 'guest' } | { kind: 'parked' } | { kind: 'engine-ended'; line: string } | { kind: 'failed'; reason: string } | { kind: 'panic'; line: string };

/** Reads the serial console as lines, keeps the last ones, and tells what the guest says of itself. */
export class ConsoleReader {
  readonly #lines: string[] = [];
  readonly #decoder = new StringDecoder('utf8');
  readonly #onNews: (news: GuestNews) => void;
  #pending = '';

  constructor(console: Readable, onNews: (news: GuestNews) => void) {
    this.#onNews = onNews;
    console.on('data', (chunk: Buffer) => this.#push(this.#decoder.write(chunk)));
    // The VM's end is told by its process; what is left of a line may hold the reason.
    console.on('end', () => this.#push(`${this.#decoder.end()}\n`));
    console.on('error', () => undefined);
  }

  /** Oldest first. */
  lastLines(count = 20): string[] {
    return this.#lines.slice(-count);
  }

  #push(text: string): void {
    const lines = (this.#pending + text).split('\n');
    this.#pending = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) this.#take(plainText(line));
  }

  #take(line: string): void {
    if (line === '') return;
    this.#lines.push(line);
    if (this.#lines.length > keptLines) this.#lines.shift();
    const news = parseGuestNews(line);
    if (news !== null) this.#onNews(news);
  }
}

/** The meaning of one console line; null for lines that are only kept. */
export function parseGuestNews(line: string): GuestNews | null {
  const said = /slipway: (.*)$/.exec(line)?.[1];
  if (said === 'kernel') return { kind: 'kernel' };
  if (said === 'guest') return { kind: 'guest' };
  if (said === 'parked') return { kind: 'parked' };
  if (said?.startsWith('failed ') === true) return { kind: 'failed', reason: said.slice('failed '.length) };
  if (said?.startsWith('the engine ended') === true) return { kind: 'engine-ended', line: said };
  const panic = /Kernel panic - .*/.exec(line)?.[0];
  return panic === undefined ? null : { kind: 'panic', line: panic };
}

/** Without escape sequences and control characters: these lines are shown in the window and copied into reports. */
function plainText(line: string): string {
  return line.slice(0, longestLine).replaceAll(/\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trimEnd();
}
