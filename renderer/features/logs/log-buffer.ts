import type { LogChunk } from '../../../contract/ipc.ts';
import { parseLogLine, type LogLevel, type LogLine } from '../../format/log/log-line.ts';
import { findHits, type LogHit, type LogSearch } from './log-search.ts';

export type LevelFilter = 'all' | 'warning' | 'error';

/** Lines kept in the window; older ones go first. At 200 bytes a line this is about 40 MB. */
export const keptLines = 100_000;
/** Dropping one line at a time would move the whole array for each. */
const dropAtOnce = 10_000;
const hitsAtMost = 20_000;
const stampPattern = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/;

/**
 * The lines of one container's log as they stream in, with what is counted over them. Lives outside React and tells its
 * listeners at most once a frame, so that a fast log costs frames, not renders per line.
 */
export class LogBuffer {
  /** All lines kept, oldest first. */
  lines: LogLine[] = [];
  /** Those that pass the level filter; the same array when all do. */
  shown: LogLine[] = [];
  hits: LogHit[] = [];
  errors = 0;
  warnings = 0;
  /** Some line has a level, or came on stderr: the column that tells it has something to tell. */
  hasLevels = false;
  /** Lines that came in all, also those dropped since. */
  received = 0;

  #version = 0;
  #filter: LevelFilter = 'all';
  #search: LogSearch | undefined;
  #partial = { stdout: '', stderr: '' };
  /** Whether the last shown line is an unfinished one that grows. */
  #open: { line: LogLine; stream: LogChunk['stream'] } | undefined;
  #lastStamp = '';
  /** How many lines had that stamp: nanoseconds are fine, but not always fine enough. */
  #lastStampLines = 0;
  #skipUntil = '';
  #skipLines = 0;
  #frame: number | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #schedule: (tell: () => void) => number;

  constructor(schedule: (tell: () => void) => number = (tell) => requestAnimationFrame(tell)) {
    this.#schedule = schedule;
  }

  push({ stream, text }: LogChunk): void {
    const whole = this.#partial[stream] + text;
    const pieces = whole.split('\n');
    this.#partial[stream] = pieces.pop() ?? '';
    this.#closeOpen(stream);
    for (const piece of pieces) this.#add(stream, piece);
    if (this.#partial[stream] !== '') this.#showOpen(stream);
    if (this.shown.length > keptLines + dropAtOnce || this.lines.length > keptLines + dropAtOnce) this.#drop();
    this.#changed();
  }

  /**
   * Before a stream is opened again: what it repeats up to the last line here is left out.
   * @returns the time of that last line, from which on to read; undefined when there was none.
   */
  resume(): string | undefined {
    this.#partial = { stdout: '', stderr: '' };
    this.#skipUntil = this.#lastStamp;
    this.#skipLines = this.#lastStampLines;
    return this.#lastStamp === '' ? undefined : this.#lastStamp;
  }

  clear(): void {
    this.lines = [];
    this.shown = this.lines;
    this.hits = [];
    this.errors = this.warnings = this.received = 0;
    this.hasLevels = false;
    this.#partial = { stdout: '', stderr: '' };
    this.#open = undefined;
    this.#lastStamp = this.#skipUntil = '';
    this.#lastStampLines = this.#skipLines = 0;
    this.#changed();
  }

  setFilter(filter: LevelFilter): void {
    if (filter === this.#filter) return;
    this.#filter = filter;
    this.#arrange();
  }

  setSearch(search: LogSearch | undefined): void {
    this.#search = search;
    this.#findAll();
    this.#changed();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  version = (): number => this.#version;

  #add(stream: LogChunk['stream'], piece: string): void {
    const stamp = stampPattern.exec(piece)?.[0] ?? '';
    if (stamp !== '' && this.#isRepeated(stamp)) return;
    if (stamp !== '') this.#lastStampLines = stamp === this.#lastStamp ? this.#lastStampLines + 1 : 1;
    if (stamp !== '') this.#lastStamp = stamp;
    this.#keep(parseLogLine(this.received++, stream, piece));
  }

  #isRepeated(stamp: string): boolean {
    if (stamp !== this.#skipUntil) return stamp < this.#skipUntil;
    this.#skipLines -= 1;
    return this.#skipLines >= 0;
  }

  #keep(line: LogLine): void {
    this.lines.push(line);
    if (line.level !== undefined || line.stream === 'stderr') this.hasLevels = true;
    if (line.level === 'error') this.errors += 1;
    if (line.level === 'warning') this.warnings += 1;
    if (!this.#passes(line.level)) return;
    if (this.shown !== this.lines) this.shown.push(line);
    if (this.#search !== undefined && this.hits.length < hitsAtMost) this.hits.push(...findHits(line, this.#search));
  }

  /** An unfinished line (a prompt, a progress bar) is shown as it is and replaced when it goes on. */
  #showOpen(stream: LogChunk['stream']): void {
    const line = parseLogLine(this.received, stream, this.#partial[stream]);
    this.#open = { line, stream };
    this.lines.push(line);
    if (this.shown !== this.lines && this.#passes(line.level)) this.shown.push(line);
  }

  #closeOpen(stream: LogChunk['stream']): void {
    if (this.#open === undefined) return;
    const { line, stream: other } = this.#open;
    if (this.lines.at(-1) === line) this.lines.pop();
    if (this.shown !== this.lines && this.shown.at(-1) === line) this.shown.pop();
    this.#open = undefined;
    // The other stream's unfinished line stays, before what comes now.
    if (other !== stream && this.#partial[other] !== '') {
      this.#add(other, this.#partial[other]);
      this.#partial[other] = '';
    }
  }

  #passes(level: LogLevel | undefined): boolean {
    return this.#filter === 'all' || level === 'error' || (this.#filter === 'warning' && level === 'warning');
  }

  #drop(): void {
    this.lines = this.lines.slice(-keptLines);
    this.#arrange();
  }

  #arrange(): void {
    this.shown = this.#filter === 'all' ? this.lines : this.lines.filter(({ level }) => this.#passes(level));
    this.#findAll();
    this.#changed();
  }

  #findAll(): void {
    this.hits = [];
    if (this.#search === undefined) return;
    for (const line of this.shown) {
      this.hits.push(...findHits(line, this.#search));
      if (this.hits.length >= hitsAtMost) return;
    }
  }

  #changed(): void {
    this.#frame ??= this.#schedule(() => {
      this.#frame = undefined;
      this.#version += 1;
      for (const listener of this.#listeners) listener();
    });
  }
}

/** Whether the count of hits is the whole count. */
export const isHitLimit = (count: number): boolean => count >= hitsAtMost;
