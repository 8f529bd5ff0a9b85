import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { messageOf } from '../errors.ts';
import type { StampedEvent } from './event-bus.ts';

/** Of each of the two files: the older one goes when the newer is full. */
const fileLimit = 2 * 1024 * 1024;

/**
 * Events on disk, so that `since` reaches back over restarts: one line each, `nanoseconds space JSON`, in two files of bounded
 * size. Not synced: a power cut may take the last ones, a killed engine loses none that was handed over. A line that
 * a crash or a full disk has torn is dropped.
 */
export class EventJournal {
  readonly #directory: string;
  readonly #log: (line: string) => void;
  #file: FileHandle;
  /** Bytes of whole lines in the newer file. */
  #size: number;
  #queue: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  #idle = true;
  #failing = false;

  private constructor(directory: string, file: FileHandle, size: number, log: (line: string) => void) {
    this.#directory = directory;
    this.#file = file;
    this.#size = size;
    this.#log = log;
  }

  static async open(directory: string, log: (line: string) => void): Promise<EventJournal> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, 'events.log');
    const content = await readFile(path).catch(() => Buffer.alloc(0));
    const whole = content.lastIndexOf(10) + 1;
    const file = await open(path, 'a', 0o600);
    if (whole < content.length) await file.truncate(whole);
    return new EventJournal(directory, file, whole, log);
  }

  append(event: StampedEvent): void {
    this.#queue.push(`${event.nanoseconds} ${event.text}\n`);
    if (!this.#idle) return;
    this.#idle = false;
    this.#writing = this.#drain();
  }

  /** All events of a span of time that were appended before the call, oldest first. */
  async *read(since: bigint, before: bigint): AsyncGenerator<StampedEvent> {
    await this.#writing;
    for (const name of ['events.1.log', 'events.log']) {
      const path = join(this.#directory, name);
      if ((await stat(path).catch(() => null)) === null) continue;
      for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
        const event = parseLine(line);
        if (event !== null && event.nanoseconds >= since && event.nanoseconds < before) yield event;
      }
    }
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  /** Never rejects: news that cannot be written are lost, and said so once. */
  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = Buffer.from(this.#queue.join(''));
      this.#queue = [];
      try {
        if (this.#size + batch.length > fileLimit && this.#size > 0) await this.#rotate();
        await this.#file.appendFile(batch);
        this.#size += batch.length;
        this.#failing = false;
      } catch (error) {
        if (!this.#failing) this.#log(`events are not kept: ${messageOf(error)}`);
        this.#failing = true;
        await this.#file.truncate(this.#size).catch(() => undefined);
      }
    }
    this.#idle = true;
  }

  async #rotate(): Promise<void> {
    const path = join(this.#directory, 'events.log');
    await rename(path, join(this.#directory, 'events.1.log'));
    const next = await open(path, 'a', 0o600);
    await this.#file.close();
    this.#file = next;
    this.#size = 0;
  }
}

function parseLine(line: string): StampedEvent | null {
  const space = line.indexOf(' ');
  try {
    const text = line.slice(space + 1);
    return { nanoseconds: BigInt(line.slice(0, space)), text, message: JSON.parse(text) as StampedEvent['message'] };
  } catch {
    return null;
  }
}
