import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Sample } from '../../contract/stats.ts';
import { HistoryFile } from './history-file.ts';
import { History } from './history.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-stats-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = Date.UTC(2026, 0, 5, 12, 0, 0);
const second = 1000;
const minute = 60 * second;
const using = (cpu: number, memory = 1e6): Sample => [cpu, memory, 4e9, 0, 0, 0, 0, 3];

async function fill(history: History, file: HistoryFile, from: number, to: number, every: number, sampleAt: (at: number) => Map<string, Sample>): Promise<void> {
  for (let at = from; at < to; at += every) history.add(at, sampleAt(at));
  await history.flush();
  await file.append({ at: 0, samples: new Map() });
}

describe('an hour of samples', () => {
  test('is kept in averages of ten seconds and read again by the next run', async () => {
    const file = new HistoryFile(join(folder, 'stats'));
    const history = new History(file);
    await fill(history, file, start, start + 60 * second, second, (at) => new Map([['a', using((at - start) / second)], ['b', using(1)]]));
    history.mark({ at: start + 5, id: 'a', name: 'web', kind: 'oom' });
    const now = start + minute;
    const shown = history.read('a', now);
    expect(shown.recent).toHaveLength(60);
    expect(shown.hour.map(([at, cpu]) => [(at - start) / second, cpu])).toEqual([[10, 4.5], [20, 14.5], [30, 24.5], [40, 34.5], [50, 44.5]]);
    await file.appendMark({ at: start + 6, id: 'b', name: 'db', kind: 'die', exitCode: 137 });

    const next = new History(new HistoryFile(join(folder, 'stats')));
    await next.load(now);
    // The last stretch was not over; it was kept when the app ended.
    expect(next.read('a', now).hour.map(([, cpu]) => cpu)).toEqual([4.5, 14.5, 24.5, 34.5, 44.5, 54.5]);
    expect(next.read('a', now).marks).toEqual([{ at: start + 5, id: 'a', name: 'web', kind: 'oom' }]);
    expect(next.read(undefined, now).marks).toHaveLength(2);
    expect(next.read(undefined, now).hour[0]?.slice(0, 3)).toEqual([start + 10 * second, 5.5, 2e6]);
  });

  test('is bounded in memory and on disk, however long the app runs', async () => {
    const file = new HistoryFile(folder);
    const history = new History(file);
    const end = start + 4 * 60 * minute;
    for (let at = start; at < end; at += 10 * second) history.add(at, new Map([['a', using(1)]]));
    await history.flush();
    const { hour } = history.read('a', end);
    expect(hour.length).toBeLessThanOrEqual(360);
    expect(hour[0]?.[0]).toBeGreaterThanOrEqual(end - 60 * minute);
    expect(readdirSync(folder).length).toBeLessThanOrEqual(6);
  });

  test('survives lines that a crash has torn, and files of strangers', async () => {
    const file = new HistoryFile(folder);
    await file.append({ at: start, samples: new Map([['a', using(7)]]) });
    const [name] = readdirSync(folder);
    appendFileSync(join(folder, name ?? ''), '{"at":123,"ids":["b"],"s":[[1,2');
    appendFileSync(join(folder, name ?? ''), '\n[]\nnull\n{"at":1,"ids":[],"s":[[9,1]]}\n');
    appendFileSync(join(folder, 'notes.txt'), 'mine');
    const history = new History(new HistoryFile(folder));
    await history.load(start + 1);
    expect(history.read('a', start + 1).hour).toEqual([[start, ...using(7)]]);
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  });

  test('a container that is gone stays until its hour is over', () => {
    const history = new History(new HistoryFile(join(folder, 'x')));
    history.add(start, new Map([['gone', using(1)]]));
    for (let at = start + 10 * second; at <= start + 30 * minute; at += 10 * second) history.add(at, new Map([['a', using(2)]]));
    expect(history.read('gone', start + 30 * minute).hour).toHaveLength(1);
    for (let at = start + 31 * minute; at <= start + 62 * minute; at += 10 * second) history.add(at, new Map([['a', using(2)]]));
    expect(Object.keys(history.recent(0))).toEqual(['a']);
  });
});
