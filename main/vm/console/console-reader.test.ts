import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ConsoleReader, parseGuestNews, type GuestNews } from './console-reader.ts';

function read(...chunks: (string | Buffer)[]): { reader: ConsoleReader; news: GuestNews[]; console: PassThrough } {
  const console = new PassThrough();
  const news: GuestNews[] = [];
  const reader = new ConsoleReader(console, (item) => news.push(item));
  for (const chunk of chunks) console.write(chunk);
  return { reader, news, console };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the serial console', () => {
  it('is read as lines however it is cut, characters included', async () => {
    const bytes = Buffer.from('größe\r\nslipway: kernel\r\n');
    const { reader, news } = read(bytes.subarray(0, 3), bytes.subarray(3, 12), bytes.subarray(12));
    await turn();
    expect([reader.lastLines(), news]).toEqual([['größe', 'slipway: kernel'], [{ kind: 'kernel' }]]);
  });

  it('keeps the last lines, without what a terminal would obey', async () => {
    const { reader } = read(Array.from({ length: 500 }, (_, i) => `\u001b[31mline ${i}\u001b[0m\u0007\n`).join(''));
    await turn();
    expect([reader.lastLines(2), reader.lastLines(1000).length]).toEqual([['line 498', 'line 499'], 200]);
  });

  it('keeps little of a line that does not end, and the unended last words', async () => {
    const { reader, console } = read('x'.repeat(100_000));
    await turn();
    console.end();
    await turn();
    expect(reader.lastLines()[0]?.length).toBeLessThanOrEqual(2000);
  });

  it.each<[string, GuestNews | null]>([
    ['slipway: guest', { kind: 'guest' }],
    ['[    0.9] slipway: kernel', { kind: 'kernel' }],
    ['slipway: failed data disk: it is gone', { kind: 'failed', reason: 'data disk: it is gone' }],
    ['slipway: the engine ended with status 3; it is started again', { kind: 'engine-ended', line: 'the engine ended with status 3; it is started again' }],
    ['[    2.2] Kernel panic - not syncing: Attempted to kill init!', { kind: 'panic', line: 'Kernel panic - not syncing: Attempted to kill init!' }],
    ['slipway: power off', null],
    ['guest', null],
  ])('understands %j', (line, news) => expect(parseGuestNews(line)).toEqual(news));
});
