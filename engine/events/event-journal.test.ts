import { appendFile, mkdtemp, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nowNanoseconds } from '../lib/time/timestamp.ts';
import { EventBus } from './event-bus.ts';
import { EventJournal } from './event-journal.ts';
import { streamEvents } from './event-stream.ts';

let directory: string;
const log: string[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-events-'));
  log.length = 0;
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const open = () => EventJournal.open(directory, (line) => log.push(line));

async function actions(bus: EventBus, since?: bigint, until = nowNanoseconds()): Promise<string[]> {
  const found: string[] = [];
  for await (const { message } of streamEvents(bus, { since, until, accept: () => true, signal: new AbortController().signal })) found.push(message.Action);
  return found;
}

test('since and until reach back over restarts', async () => {
  const first = await open();
  const before = new EventBus(first);
  before.publish('container', 'create', 'a', { image: 'x' });
  const middle = nowNanoseconds();
  before.publish('container', 'start', 'a', { image: 'x' });
  await first.close();
  const second = await open();
  const after = new EventBus(second);
  after.publish('container', 'die', 'a', { image: 'x' });
  expect(await actions(after, 0n)).toEqual(['create', 'start', 'die']);
  expect(await actions(after, middle)).toEqual(['start', 'die']);
  expect(await actions(after, undefined, middle)).toEqual(['create']);
  await second.close();
});

test('more than the ring holds comes whole and in order', async () => {
  const journal = await open();
  const bus = new EventBus(journal);
  for (let index = 0; index < 1000; index += 1) bus.publish('container', `n${index}`, 'a', {});
  expect(await actions(bus, 0n)).toEqual(Array.from({ length: 1000 }, (_, index) => `n${index}`));
  await journal.close();
});

test('a torn last line is dropped, and what follows is whole', async () => {
  const journal = await open();
  new EventBus(journal).publish('container', 'create', 'a', {});
  new EventBus(journal).publish('container', 'start', 'a', {});
  await journal.close();
  const file = join(directory, 'events.log');
  await truncate(file, (await stat(file)).size - 5);
  const again = await open();
  const bus = new EventBus(again);
  bus.publish('container', 'die', 'a', {});
  expect(await actions(bus, 0n)).toEqual(['create', 'die']);
  await again.close();
  expect((await readFile(file, 'utf8')).endsWith('\n')).toBe(true);
});

test('rubbish in the file is skipped', async () => {
  await appendFile(join(directory, 'events.log'), 'rubbish\n12 {bad\n\n');
  const journal = await open();
  const bus = new EventBus(journal);
  bus.publish('image', 'tag', 'a', {});
  expect(await actions(bus, 0n)).toEqual(['tag']);
  await journal.close();
});

test('the files stay within their bounds, and the newest events are kept', async () => {
  const journal = await open();
  const bus = new EventBus(journal);
  const filler = 'x'.repeat(64 * 1024);
  for (let index = 0; index < 200; index += 1) {
    bus.publish('container', `n${index}`, 'a', { filler });
    // Reading waits for what is being written, so that no batch grows large.
    if (index % 10 === 9) for await (const event of journal.read(0n, 0n)) expect(event).toBe('nothing');
  }
  await journal.close();
  for (const name of ['events.log', 'events.1.log']) expect((await stat(join(directory, name))).size).toBeLessThan(3 * 1024 * 1024);
  const again = await open();
  const found = await actions(new EventBus(again), 0n);
  expect(found.at(-1)).toBe('n199');
  expect(found.length).toBeLessThan(200);
  await again.close();
});

test('timeNano has all its digits', () => {
  const bus = new EventBus();
  let text = '';
  let exact = 0n;
  bus.subscribe((event) => ([text, exact] = [event.text, event.nanoseconds]));
  bus.publish('volume', 'create', 'v', {});
  expect(text.endsWith(`,"timeNano":${exact}}`)).toBe(true);
  expect(JSON.parse(text)).toMatchObject({ Type: 'volume', Action: 'create', Actor: { ID: 'v' }, scope: 'local' });
});
