import { Mutex } from '../../../lib/tasks/mutex.ts';
import { identityOf, isSameFile, logFiles } from '../log-files.ts';
import { DoubtError, IndexedFile } from './indexed-file.ts';
import { recordForm } from './record-form.ts';
import type { LogDriver, LogRecord, RecordForm } from './record-form.ts';
import { LevelCounts } from './level-counts.ts';
import type { Segment } from './segment-table.ts';

/** Segments that are kept as they were read, for the next page and for the search of a moment. */
const keptSegments = 12;

/** How often files are looked for that change their names meanwhile, before the next refresh goes on. */
const attempts = 5;

interface LogPart {
  file: IndexedFile;
  levels: LevelCounts;
  path: string;
  /** Number in the log of the file's first line. */
  base: number;
  generation: number;
}

/** A segment with its place in the log. */
export interface LogSegment extends Segment {
  bytes: Buffer;
  ends: readonly number[];
  /** Number in the log of its first line. */
  first: number;
}

/**
 * One container's log, over all its files, by number of line. The oldest line there is when it is opened has number 0; numbers stay
 * while old files are rotated away, until {@link epoch} changes.
 */
export class ContainerLog {
  /** Counts each time that the numbers of lines became others. */
  epoch = 0;
  readonly driver: LogDriver;
  readonly form: RecordForm;
  readonly path: string;
  /** Counting errors takes turns. */
  readonly counting = new Mutex();
  readonly #lock = new Mutex();
  readonly #kept = new Map<string, LogSegment>();
  readonly #times = new WeakMap<LogSegment, Float64Array>();
  #parts: LogPart[] = [];
  /** Whether all files had been found when they were looked for. */
  #isSettled = false;
  #closed = false;

  /** @param path of its newest file */
  constructor(path: string, driver: LogDriver) {
    this.path = path;
    this.driver = driver;
    this.form = recordForm(driver);
  }

  /** Number of the oldest line that is still there. */
  get first(): number {
    return this.#parts[0]?.base ?? 0;
  }

  /** Number of the line that will come next. */
  get end(): number {
    const last = this.#parts.at(-1);
    return last === undefined ? 0 : last.base + last.file.table.lines;
  }

  get bytes(): number {
    return this.#parts.reduce((sum, { file }) => sum + file.table.end, 0);
  }

  /** Milliseconds since 1970; 0 for an empty log. */
  get firstTime(): number {
    return this.#parts.find(({ file }) => file.table.count > 0)?.file.table.at(0).time ?? 0;
  }

  get lastTime(): number {
    return this.#parts.reduce((latest, { file }) => Math.max(latest, file.table.lastTime), 0);
  }

  get parts(): readonly Readonly<LogPart>[] {
    return this.#parts;
  }

  /** Takes in what has been written, rotated and emptied since. @param onProgress told how much has been, 0 to 1 */
  async refresh(signal?: AbortSignal, onProgress?: (share: number) => void): Promise<void> {
    await this.#lock.run(async () => {
      if (this.#closed) return;
      const last = this.#parts.at(-1);
      const isSame = this.#isSettled && last !== undefined && last.path === this.path && isSameFile(last.file.identity, await identityOf(this.path));
      if (!isSame) await this.#findFiles();
      for (const [index, part] of this.#parts.entries()) {
        if (isSame && index < this.#parts.length - 1) continue;
        await part.file.extend(part.path, signal, (share) => onProgress?.((index + share) / this.#parts.length));
      }
      this.#number();
    });
  }

  async segment(part: Readonly<LogPart>, index: number): Promise<LogSegment> {
    const segment = part.file.table.at(index);
    const key = `${part.file.fd} ${segment.start} ${segment.end} ${part.generation}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    const content = await part.file.read(index);
    const read = { ...segment, ...content, first: part.base + segment.line };
    this.#kept.set(key, read);
    if (this.#kept.size > keptSegments) this.#kept.delete(this.#kept.keys().next().value!);
    return read;
  }

  /** The segment that holds a line; undefined when the log has no such line (any more). */
  async segmentOf(line: number): Promise<LogSegment | undefined> {
    const part = this.#parts.findLast(({ base, file }) => base <= line && line < base + file.table.lines);
    return part === undefined ? undefined : this.segment(part, part.file.table.ofLine(line - part.base));
  }

  record(segment: LogSegment, line: number): LogRecord {
    return this.form.read(this.bytesOf(segment, line));
  }

  bytesOf(segment: LogSegment, line: number): Buffer {
    const index = line - segment.first;
    return segment.bytes.subarray(index === 0 ? 0 : segment.ends[index - 1]!, segment.ends[index]!);
  }

  /** When each line of a segment was written, milliseconds since 1970: never less than for the line before, whatever the clock did. */
  timesOf(segment: LogSegment): Float64Array {
    const known = this.#times.get(segment);
    if (known !== undefined) return known;
    const times = new Float64Array(segment.ends.length);
    let latest = segment.time;
    for (let index = 0; index < times.length; index += 1) {
      const time = this.form.timeOf(this.bytesOf(segment, segment.first + index));
      if (time > latest) latest = time;
      times[index] = latest;
    }
    this.#times.set(segment, times);
    return times;
  }

  /** Number of the first line that is not before a time (`after`: that is behind it). */
  async lineAt(time: number, after = false): Promise<number> {
    for (const part of [...this.#parts].reverse()) {
      const index = part.file.table.beforeTime(after ? nextAfter(time) : time);
      if (index < 0) continue;
      const segment = await this.segment(part, index);
      const found = this.timesOf(segment).findIndex((each) => (after ? each > time : each >= time));
      return found === -1 ? segment.first + segment.lines : segment.first + found;
    }
    return this.first;
  }

  /** As {@link lineAt}, to the segment: lines that are surely before, and lines that may be. Reads nothing. */
  boundsAt(time: number): { low: number; high: number } {
    for (const part of [...this.#parts].reverse()) {
      const index = part.file.table.beforeTime(time);
      if (index < 0) continue;
      const { line, lines } = part.file.table.at(index);
      return { low: part.base + line, high: part.base + line + lines };
    }
    return { low: this.first, high: this.first };
  }

  /** As {@link lineAt}, estimated between the beginnings of segments. Reads nothing. */
  estimateAt(time: number): number {
    for (const part of [...this.#parts].reverse()) {
      const { table } = part.file;
      const index = table.beforeTime(time);
      if (index < 0) continue;
      const { line, lines, time: from } = table.at(index);
      const to = index + 1 < table.count ? table.at(index + 1).time : table.lastTime;
      return part.base + line + (to > from ? Math.min(1, (time - from) / (to - from)) * lines : lines);
    }
    return this.first;
  }

  async close(): Promise<void> {
    await this.#lock.run(async () => {
      this.#closed = true;
      this.#kept.clear();
      for (const { file } of this.#parts.splice(0)) await file.close();
    });
  }

  /** Looks again while files change their names or are compressed under its eyes: one that was passed over would be missing from then on. */
  async #findFiles(): Promise<void> {
    const before = this.#parts;
    let after: LogPart[] = [];
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const { parts, isWhole } = await this.#filesNow([...before, ...after]);
      for (const part of after) if (!parts.includes(part) && !before.includes(part)) await part.file.close();
      after = parts;
      this.#isSettled = isWhole;
      if (isWhole) break;
    }
    const gone = before.filter((part) => !after.includes(part));
    if (before.length > 0) {
      // Lines are numbered on from what was first; when none of the files is left, from behind what there was.
      const kept = before.find((part) => after.includes(part));
      if (after[0] !== undefined && after[0] !== kept) after[0].base = this.end;
    }
    this.#parts = after;
    for (const { file } of gone) await file.close();
  }

  /** @param known parts that may be these files under other names @returns oldest first, and whether none can have been passed over */
  async #filesNow(known: readonly LogPart[]): Promise<{ parts: LogPart[]; isWhole: boolean }> {
    const paths = await logFiles(this.path);
    const parts: LogPart[] = [];
    for (const path of paths) {
      const identity = await identityOf(path);
      if (identity === null) continue;
      const same = known.find(({ file }) => isSameFile(file.identity, identity) && !parts.some((part) => part.file === file));
      if (same !== undefined) {
        same.path = path;
        parts.push(same);
        continue;
      }
      const file = await IndexedFile.open(path, this.form);
      if (file !== undefined) parts.push({ file, levels: new LevelCounts(), path, base: 0, generation: 0 });
    }
    const newest = parts.at(-1);
    const isWhole =
      parts.length === paths.length &&
      (await logFiles(this.path)).join() === paths.join() &&
      (newest?.path !== this.path || isSameFile(newest.file.identity, await identityOf(this.path)));
    return { parts, isWhole };
  }

  #number(): void {
    let base = this.first;
    let isDoubtful = false;
    for (const part of this.#parts) {
      if (part.generation !== part.file.generation) {
        isDoubtful = true;
        part.generation = part.file.generation;
        part.levels = new LevelCounts();
      }
      part.base = base;
      base += part.file.table.lines;
    }
    if (!isDoubtful) return;
    this.epoch += 1;
    this.#kept.clear();
  }
}

/** Runs again once the index has been made anew, when it turned out wrong half-way. */
export async function withoutDoubt<T>(logs: readonly ContainerLog[], run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof DoubtError)) throw error;
    for (const log of logs) await log.refresh();
    return run();
  }
}

function nextAfter(time: number): number {
  return time + 2 ** -11;
}
