import { expect, test } from 'vitest';
import type { EventMessage } from '../../contract/engine-api/event.ts';
import { nowNanoseconds } from '../lib/time/timestamp.ts';
import { EventBus } from './event-bus.ts';
import type { StampedEvent } from './event-bus.ts';
import { eventFilter } from './event-filter.ts';
import { streamEvents } from './event-stream.ts';

async function collect(events: AsyncIterable<StampedEvent>): Promise<string[]> {
  const actions: string[] = [];
  for await (const event of events) actions.push(event.message.Action);
  return actions;
}

const all = () => true;

test('a stream has the backlog first, then the news, in order and without gaps', async () => {
  const bus = new EventBus();
  const start = nowNanoseconds();
  bus.publish('container', 'create', 'a', { image: 'x' });
  const abort = new AbortController();
  const stream = streamEvents(bus, { since: start, accept: all, signal: abort.signal });
  const first = await stream.next();
  bus.publish('container', 'start', 'a', {});
  bus.publish('container', 'die', 'a', { exitCode: '0' });
  const action = async () => ((await stream.next()).value as StampedEvent).message.Action;
  expect([(first.value as StampedEvent).message.Action, await action(), await action()]).toEqual(['create', 'start', 'die']);
  const end = stream.next();
  abort.abort();
  expect((await end).done).toBe(true);
  expect(bus.listenerCount).toBe(0);
});

test('until in the past ends after the backlog', async () => {
  const bus = new EventBus();
  const start = nowNanoseconds();
  bus.publish('image', 'pull', 'x:latest', { name: 'x' });
  const middle = nowNanoseconds();
  bus.publish('image', 'tag', 'x:latest', { name: 'x' });
  expect(await collect(streamEvents(bus, { since: start, until: middle, accept: all, signal: new AbortController().signal }))).toEqual(['pull']);
});

test('the ring keeps the last 256', async () => {
  const bus = new EventBus();
  for (let index = 0; index < 300; index += 1) bus.publish('container', `a${index}`, 'x', {});
  const actions = await collect(streamEvents(bus, { since: 0n, until: nowNanoseconds(), accept: all, signal: new AbortController().signal }));
  expect(actions.length).toBe(256);
  expect([actions[0], actions[255]]).toEqual(['a44', 'a299']);
});

test('container events carry the legacy fields', () => {
  const bus = new EventBus();
  let seen: EventMessage | undefined;
  bus.subscribe((event) => (seen = event.message));
  bus.publish('container', 'start', 'abc', { image: 'busybox', name: 'web' });
  expect(seen).toMatchObject({ status: 'start', id: 'abc', from: 'busybox', scope: 'local', Actor: { ID: 'abc' } });
});

test('filters: alternatives within one, all of several', () => {
  const message = (Type: EventMessage['Type'], Action: string, ID: string, Attributes: Record<string, string> = {}) =>
    ({ Type, Action, Actor: { ID, Attributes }, scope: 'local', time: 0, timeNano: 0 }) satisfies EventMessage;
  const web = message('container', 'start', 'abc123', { name: 'web', image: 'nginx:1.25', tier: 'front' });
  const run = message('container', 'exec_create: sh -c true', 'abc123', { name: 'web' });
  expect(eventFilter({ type: ['container', 'image'], event: ['start'] })(web)).toBe(true);
  expect(eventFilter({ type: ['image'] })(web)).toBe(false);
  expect(eventFilter({ container: ['web'] })(web)).toBe(true);
  expect(eventFilter({ container: ['abc'] })(web)).toBe(true);
  expect(eventFilter({ image: ['nginx'] })(web)).toBe(true);
  expect(eventFilter({ label: ['tier=front'] })(web)).toBe(true);
  expect(eventFilter({ label: ['tier', 'tier=back'] })(web)).toBe(false);
  expect(eventFilter({ event: ['exec_create'] })(run)).toBe(true);
  expect(eventFilter({ event: ['exec_die'] })(run)).toBe(false);
  expect(eventFilter({ container: ['we'] })(web)).toBe(true);
  expect(eventFilter({ volume: ['web'] })(web)).toBe(true);
  expect(eventFilter({ foo: ['x'] })(web)).toBe(true);
});
