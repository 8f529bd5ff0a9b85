import { appendFile, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleSize, type Sample, type StatsMark } from '../../contract/stats.ts';

export interface HistoryRecord {
  at: number;
  samples: ReadonlyMap<string, Sample>;
}

const minute = 60_000;
/** A file takes so long; then the next one begins. */
const segmentMs = 15 * minute;
/** Older ones are removed: an hour, and the file in which it began. */
const keptMs = 60 * minute + segmentMs;
/** A record holds so many containers at most, so that the folder stays below some 40 MB whatever runs. */
const mostContainers = 1000;
/** No file of ours is longer; one that is was not written by this program. */
const longestFile = 64 * 2 ** 20;

/**
 * The hour of samples on disk: a folder of files of JSON lines, the newest appended to. A line is `{"at", "ids", "s"}` (`ids`: containers
 * that are new in this file; `s`: number of the container in the order of their coming, then its figures) or `{"mark"}`. Nothing waits for
 * the disk: a line that a crash has torn is skipped, and history that cannot be written is history that is lost, not an app that stops.
 */
export class HistoryFile {
  readonly #folder: string;
  #segment: { path: string; began: number; numbers: Map<string, number> } | undefined;
  /** Writes go one after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What is there from `since` on, oldest first. */
  async read(since: number): Promise<{ records: HistoryRecord[]; marks: StatsMark[] }> {
    const records: HistoryRecord[] = [];
    const marks: StatsMark[] = [];
    for (const { path } of await this.#files()) {
      let ids: string[] = [];
      for (const line of (await readWhole(path)).split('\n')) {
        const parsed = parseLine(line);
        if (parsed === undefined) continue;
        if ('mark' in parsed) {
          if (parsed.mark.at >= since) marks.push(parsed.mark);
          continue;
        }
        ids = [...ids, ...parsed.ids];
        if (parsed.at < since) continue;
        const samples = new Map<string, Sample>();
        for (const [number, ...sample] of parsed.s) {
          const id = ids[number ?? -1];
          if (id !== undefined && sample.length === sampleSize) samples.set(id, sample as unknown as Sample);
        }
        records.push({ at: parsed.at, samples });
      }
    }
    return { records, marks };
  }

  append({ at, samples }: HistoryRecord): Promise<void> {
    return this.#write(at, (numbers) => {
      const ids: string[] = [];
      const s: number[][] = [];
      for (const [id, sample] of [...samples].slice(0, mostContainers)) {
        let number = numbers.get(id);
        if (number === undefined) {
          number = numbers.size;
          numbers.set(id, number);
          ids.push(id);
        }
        s.push([number, ...sample.map((value) => Number(value.toPrecision(5)))]);
      }
      return { at, ids, s };
    });
  }

  appendMark(mark: StatsMark): Promise<void> {
    return this.#write(mark.at, () => ({ mark }));
  }

  #write(at: number, lineOf: (numbers: Map<string, number>) => object): Promise<void> {
    this.#last = this.#last
      .then(async () => {
        const segment = await this.#segmentFor(at);
        await appendFile(segment.path, `${JSON.stringify(lineOf(segment.numbers))}\n`, { mode: 0o600 });
      })
      .catch(() => undefined);
    return this.#last;
  }

  async #segmentFor(at: number): Promise<{ path: string; began: number; numbers: Map<string, number> }> {
    if (this.#segment !== undefined && at - this.#segment.began < segmentMs) return this.#segment;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const { path, began } of await this.#files()) if (at - began > keptMs) await rm(path, { force: true });
    // Never one of an earlier run: its numbers are that run's.
    const path = join(this.#folder, `${at}-${process.pid}.jsonl`);
    return (this.#segment = { path, began: at, numbers: new Map() });
  }

  async #files(): Promise<{ path: string; began: number }[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names
      .flatMap((name) => {
        const began = /^(\d{13})-\d+\.jsonl$/.exec(name)?.[1];
        return began === undefined ? [] : [{ path: join(this.#folder, name), began: Number(began) }];
      })
      .sort((a, b) => a.began - b.began);
  }
}

async function readWhole(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      return (await file.stat()).size > longestFile ? '' : await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}

type Line = { at: number; ids: string[]; s: number[][] } | { mark: StatsMark };

function parseLine(line: string): Line | undefined {
  try {
    const parsed = JSON.parse(line) as Partial<{ at: number; ids: string[]; s: number[][]; mark: StatsMark }>;
    if (typeof parsed.mark?.at === 'number') return { mark: parsed.mark };
    return typeof parsed.at === 'number' && Array.isArray(parsed.ids) && Array.isArray(parsed.s) ? { at: parsed.at, ids: parsed.ids, s: parsed.s } : undefined;
  } catch {
    return undefined;
  }
}
