import type { LogSearchRequest, LogState } from '../../../../contract/engine-api/log-view.ts';
import { levelOf, plainText, type LogLevel } from '../../../../contract/log-text.ts';
import type { WireLine } from '../../../../contract/log-frames.ts';
import { asFailure, type IpcFailure } from '../../../api.ts';
import { findRow, followLogState, pickLines, readMap, readRows, searchLogs } from '../../../stores/containers/log-calls.ts';
import { MatchList, type LineKey } from './match-list.ts';

/** A line as it is drawn. */
export interface ShownLine extends LineKey {
  stderr: boolean;
  goesOn: boolean;
  readable: boolean;
  level: LogLevel | undefined;
  /** With its escape sequences. */
  raw: string;
  /** As it is read and searched. */
  text: string;
}

export interface LineFilter {
  stream: 'all' | 'stdout' | 'stderr';
  level: 'all' | 'warning' | 'error';
  /** Only lines with this text; a trace, mostly. */
  only: string;
}

export interface Search {
  pattern: string;
  isExpression: boolean;
  matchCase: boolean;
}

export interface LogMarks {
  errors: readonly number[];
  warnings: readonly number[];
}

export type SessionStatus = { status: 'connecting'; progress: number | undefined } | { status: 'live' } | { status: 'failed'; failure: IpcFailure };

export const noFilter: LineFilter = { stream: 'all', level: 'all', only: '' };
export const mapBuckets = 200;

const pageSize = 128;
const pagesKept = 80;
const matchesAtMost = 1_000_000;
const mapEvery = 1000;
/** Searching goes on in what has come meanwhile, so often at most. */
const searchEvery = 400;

interface Page {
  lines: ShownLine[];
  /** How many lines it had to hold when it was asked for: the last page grows. */
  wanted: number;
  isLoading: boolean;
}

/** A search under way or done, and how far it has looked. */
class Lookup {
  readonly matches = new MatchList();
  count = 0;
  share = 0;
  isDone = false;
  error: string | undefined;
  end: number[] | undefined;
  stop: () => void = () => undefined;
}

/**
 * Some containers' logs while they are looked at. What is in view is read page by page from the engine's index; nothing else is kept. Tells its
 * listeners at most once a frame.
 */
export class LogSession {
  status: SessionStatus = { status: 'connecting', progress: undefined };
  state: LogState = {};
  marks: LogMarks = { errors: [], warnings: [] };
  search: Search | undefined;
  filter: LineFilter = noFilter;
  readonly containers: readonly string[];
  #found: Lookup | undefined;
  #filtered: Lookup | undefined;
  #pages = new Map<number, Page>();
  #reading = new AbortController();
  #closeState: () => void = () => undefined;
  #epoch = '';
  #mapTimer: number | undefined;
  #searchTimer: number | undefined;
  #frame: number | undefined;
  #version = 0;
  readonly #listeners = new Set<() => void>();

  constructor(containers: readonly string[]) {
    this.containers = containers;
  }

  open(): void {
    this.#closeState();
    this.#closeState = followLogState(this.containers, {
      onState: (state) => this.#take(state),
      onEnd: (failure) => {
        if (failure === undefined) return;
        this.status = { status: 'failed', failure };
        this.#changed();
      },
    });
  }

  close(): void {
    this.#closeState();
    this.#found?.stop();
    this.#filtered?.stop();
    this.#reading.abort();
    clearTimeout(this.#mapTimer);
    clearTimeout(this.#searchTimer);
  }

  /** Rows there are to show: those of the filter, where there is one. */
  get rows(): number {
    return this.#filtered?.matches.length ?? this.total;
  }

  get total(): number {
    return (this.state.End ?? 0) - (this.state.First ?? 0);
  }

  get isFiltering(): boolean {
    return this.#filtered !== undefined;
  }

  /** What the search has found; undefined without one. */
  get found(): Pick<Lookup, 'count' | 'isDone' | 'share' | 'error'> & { listed: number } | undefined {
    const found = this.#found;
    return found && { count: found.count, isDone: found.isDone, share: found.share, error: found.error, listed: found.matches.length };
  }

  get filtering(): Pick<Lookup, 'isDone' | 'share' | 'error'> | undefined {
    return this.#filtered;
  }

  /** undefined until it has been read, which begins now. */
  line(row: number): ShownLine | undefined {
    const number = Math.floor(row / pageSize);
    const page = this.#pages.get(number);
    const wanted = Math.min(pageSize, this.rows - number * pageSize);
    if (page === undefined || (!page.isLoading && page.wanted < wanted)) void this.#load(number, wanted);
    return page?.lines[row - number * pageSize];
  }

  /** Its index among the matches, and the row where it is. @param from the line that is looked at now */
  async step(from: LineKey | undefined, step: 1 | -1, current: number | undefined): Promise<{ index: number; row: number } | undefined> {
    const matches = this.#found?.matches;
    if (matches === undefined || matches.length === 0) return undefined;
    let index = current === undefined ? (from === undefined ? matches.length - 1 : matches.firstFrom(from) - (step < 0 ? 1 : 0)) : current + step;
    index = (index + matches.length) % matches.length;
    const match = matches.at(index);
    const row = this.#filtered === undefined ? (await findRow(this.containers, match.source, match.line)) - (this.state.First ?? 0) : this.#filtered.matches.firstFrom(match);
    return { index, row };
  }

  match(index: number): LineKey | undefined {
    const matches = this.#found?.matches;
    return matches !== undefined && index >= 0 && index < matches.length ? matches.at(index) : undefined;
  }

  /** Where matches lie in the whole, 0 to 1; a sample where there are many. */
  matchPlaces(most: number): number[] {
    const matches = this.#found?.matches;
    if (matches === undefined || this.total === 0) return [];
    const { FirstTime = 0, LastTime = 0, First = 0 } = this.state;
    const places: number[] = [];
    for (let at = 0; at < matches.length; at += Math.max(1, matches.length / most)) {
      const { line, time } = matches.at(Math.floor(at));
      // Of one log the number tells the place; of several the time is near enough for a map.
      places.push(this.containers.length === 1 ? (line - First) / this.total : (time - FirstTime) / Math.max(1, LastTime - FirstTime));
    }
    return places;
  }

  setSearch(search: Search | undefined): void {
    this.#found?.stop();
    this.search = search;
    this.#found = search === undefined || search.pattern === '' ? undefined : this.#lookUp(this.#requestOf(search));
    this.#changed();
  }

  setFilter(filter: LineFilter): void {
    this.#filtered?.stop();
    this.filter = filter;
    this.#forget();
    const { stream, level, only } = filter;
    this.#filtered =
      stream === 'all' && level === 'all' && only === ''
        ? undefined
        : this.#lookUp({
            ...(only === '' ? {} : { Pattern: escapeExpression(only) }),
            ...(stream === 'all' ? {} : { Stream: stream }),
            ...(level === 'all' ? {} : { Levels: level === 'error' ? ['error'] : ['error', 'warning'] }),
          });
    this.#changed();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  version = (): number => this.#version;

  #requestOf({ pattern, isExpression, matchCase }: Search): Partial<LogSearchRequest> {
    return { Pattern: isExpression ? pattern : escapeExpression(pattern), IgnoreCase: !matchCase };
  }

  #lookUp(request: Partial<LogSearchRequest>, lookup = new Lookup()): Lookup {
    const before = lookup.count;
    lookup.isDone = false;
    lookup.stop = searchLogs({ Containers: [...this.containers], Limit: matchesAtMost, ...request, ...(lookup.end === undefined ? {} : { From: lookup.end }) }, {
      onMatches: (source, pairs) => {
        lookup.matches.add(source, pairs);
        this.#changed();
      },
      onProgress: ({ Searched = 0, Bytes = 0, Matches = 0, End, Done, Error }) => {
        lookup.share = Bytes === 0 ? 1 : Searched / Bytes;
        lookup.count = before + Matches;
        lookup.isDone = Done === true;
        lookup.error = Error;
        if (Done === true && Error === undefined) lookup.end = End;
        this.#changed();
        if (lookup.isDone) this.#searchOn();
      },
    });
    return lookup;
  }

  /** Looks through what has come since the last look. */
  #searchOn(): void {
    if (this.#searchTimer !== undefined) return;
    this.#searchTimer = setTimeout(() => {
      this.#searchTimer = undefined;
      const ends = this.state.Containers?.map(({ End }) => End) ?? [];
      const isBehind = (lookup: Lookup | undefined): lookup is Lookup =>
        lookup !== undefined && lookup.isDone && lookup.end !== undefined && lookup.end.some((end, source) => end < (ends[source] ?? 0));
      if (isBehind(this.#found) && this.search !== undefined) this.#lookUp(this.#requestOf(this.search), this.#found);
      if (isBehind(this.#filtered)) {
        const { stream, level, only } = this.filter;
        this.#lookUp(
          {
            ...(only === '' ? {} : { Pattern: escapeExpression(only) }),
            ...(stream === 'all' ? {} : { Stream: stream }),
            ...(level === 'all' ? {} : { Levels: level === 'error' ? ['error'] : ['error', 'warning'] }),
          },
          this.#filtered,
        );
      }
    }, searchEvery) as unknown as number;
  }

  #take(state: LogState): void {
    if (state.Containers === undefined) {
      this.status = { status: 'connecting', progress: state.Progress };
      return this.#changed();
    }
    const epoch = state.Containers.map(({ Epoch, First }) => `${Epoch}:${First}`).join();
    const isOther = this.#epoch !== '' && this.#epoch !== epoch;
    const hasGrown = state.End !== this.state.End;
    const isCounted = state.Counted !== this.state.Counted || state.Errors !== this.state.Errors || state.Warnings !== this.state.Warnings;
    this.#epoch = epoch;
    this.state = state;
    this.status = { status: 'live' };
    if (isOther) {
      // Numbers of lines are others now, or the oldest are gone: rows have moved.
      this.#forget();
      this.setFilter(this.filter);
      this.setSearch(this.search);
    }
    if (hasGrown) this.#searchOn();
    if (isCounted || isOther) this.#readMap();
    this.#changed();
  }

  #forget(): void {
    this.#reading.abort();
    this.#reading = new AbortController();
    this.#pages.clear();
  }

  async #load(number: number, wanted: number): Promise<void> {
    const { signal } = this.#reading;
    const page: Page = this.#pages.get(number) ?? { lines: [], wanted: 0, isLoading: false };
    page.isLoading = true;
    page.wanted = wanted;
    this.#pages.delete(number);
    this.#pages.set(number, page);
    if (this.#pages.size > pagesKept) this.#pages.delete(this.#pages.keys().next().value!);
    try {
      const matches = this.#filtered?.matches;
      const from = number * pageSize;
      const lines =
        matches === undefined
          ? (await readRows(this.containers, (this.state.First ?? 0) + from, pageSize, signal)).lines
          : await pickLines(this.containers, Array.from({ length: wanted }, (_, index) => matches.at(from + index)).map(({ source, line }) => [source, line]), signal);
      page.lines = lines.map(shownLine);
      page.wanted = Math.max(wanted, lines.length);
    } catch (error) {
      if (signal.aborted) return;
      this.status = { status: 'failed', failure: asFailure(error) };
    }
    page.isLoading = false;
    this.#changed();
  }

  #readMap(): void {
    if (this.#mapTimer !== undefined) return;
    this.#mapTimer = setTimeout(() => {
      this.#mapTimer = undefined;
      readMap(this.containers, mapBuckets).then(
        ({ Errors, Warnings }) => {
          this.marks = { errors: Errors, warnings: Warnings };
          this.#changed();
        },
        // The map is an extra; what ails the engine shows elsewhere.
        () => undefined,
      );
    }, this.marks.errors.length === 0 ? 0 : mapEvery) as unknown as number;
  }

  #changed(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#version += 1;
      for (const listener of this.#listeners) listener();
    });
  }
}

function shownLine({ source, line, stderr, goesOn, readable, time, text: raw }: WireLine): ShownLine {
  const text = plainText(raw);
  return { source, line, stderr, goesOn, readable, time: Number(time / 1000n) / 1000, level: readable ? levelOf(text) : undefined, raw, text };
}

/** Text as an expression that matches nothing else. */
export function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
