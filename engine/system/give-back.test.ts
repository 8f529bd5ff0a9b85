import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GiveBack } from './give-back.ts';
import { cachedBytes, processorTime } from './machine-figures.ts';

const MiB = 1024 ** 2;
let busy: number;
let cached: number;
let free: number;
let kept: number;
let done: string[];
let lines: string[];
let giveBack: GiveBack;

beforeEach(() => {
  vi.useFakeTimers();
  [busy, cached, free, kept, done, lines] = [0, 0, 1000 * MiB, 0, [], []];
  const time = { all: 0, idle: 0 };
  giveBack = new GiveBack({
    read: () => {
      time.all += 100;
      time.idle += 100 * (1 - busy);
      return { time: { ...time }, cached, free };
    },
    sync: () => Promise.resolve(void done.push('sync')),
    dropCaches: () => {
      done.push('drop');
      cached = kept;
      return Promise.resolve();
    },
    trim: () => Promise.resolve(void done.push('trim')),
    log: (line) => lines.push(line),
  });
});
afterEach(() => {
  giveBack.close();
  vi.useRealTimers();
});
const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

describe('memory', () => {
  it('is given back as soon as a load has ended, written out first, and not while it lasts', async () => {
    [busy, cached] = [0.9, 500 * MiB];
    await seconds(60);
    expect(done).toEqual([]);
    busy = 0.02;
    await seconds(2);
    expect(done).toEqual(['sync', 'drop']);
  });

  it('is left where there is little to win, and what cannot be forgotten is not tried again', async () => {
    cached = 60 * MiB;
    await seconds(10);
    expect(done).toEqual([]);
    [cached, kept] = [300 * MiB, 200 * MiB];
    await seconds(20);
    expect(done).toEqual(['sync', 'drop']);
    cached = 280 * MiB;
    await seconds(2);
    expect(done).toEqual(['sync', 'drop', 'sync', 'drop']);
  });
});

describe('the disk', () => {
  it('is trimmed once after files were removed, when the journal has let go of them', async () => {
    free += 300 * MiB;
    await seconds(6);
    expect(done).toEqual([]);
    free += 300 * MiB;
    await seconds(6);
    expect(done).toEqual([]);
    await seconds(2);
    expect(done).toEqual(['sync', 'trim']);
    await seconds(60);
    expect(done).toHaveLength(2);
  });

  it('is trimmed on a machine that is never idle, too', async () => {
    busy = 1;
    free += 300 * MiB;
    await seconds(20);
    expect(done).toEqual([]);
    await seconds(2);
    expect(done).toEqual(['sync', 'trim']);
  });

  it('is left alone while it only fills, and sees what was written and removed between', async () => {
    free -= 500 * MiB;
    await seconds(60);
    expect(done).toEqual([]);
    free += 100 * MiB;
    await seconds(10);
    expect(done).toEqual(['sync', 'trim']);
  });
});

it('says so when it cannot, once', async () => {
  giveBack.close();
  giveBack = new GiveBack({ read: () => ({ time: { all: 0, idle: 0 }, cached, free: (free += MiB) }), sync: () => Promise.reject(new Error('EIO')), dropCaches: () => Promise.resolve(), trim: () => Promise.resolve(), log: (line) => lines.push(line) });
  await seconds(60);
  expect(lines).toEqual(['memory and disk are not given back: EIO']);
});

it('reads the figures of the kernel', () => {
  expect(processorTime('cpu  100 5 50 800 20 1 2 3 70 0\ncpu0 1 1 1 1\n')).toEqual({ all: 981, idle: 820 });
  expect(cachedBytes('MemTotal:  1000 kB\nBuffers:    10 kB\nCached:    500 kB\nSwapCached:  7 kB\nMapped:  100 kB\nShmem:  50 kB\n')).toBe(360 * 1024);
});
