import { expect, it } from 'vitest';
import type { EventMessage } from '../../../contract/engine-api/event.ts';
import { happeningOf, tellHappenings } from './activity.ts';

const event = (Type: EventMessage['Type'], Action: string, milliseconds: number, ID = 'c1', Attributes: Record<string, string> = { name: 'web' }): EventMessage => ({
  Type, Action, Actor: { ID, Attributes }, scope: 'local', time: Math.floor(milliseconds / 1000), timeNano: milliseconds * 1e6,
});
const told = (...events: EventMessage[]): string[] => tellHappenings(events.flatMap((one) => happeningOf(one) ?? []), 10).map(({ action, name }) => `${action} ${name}`);

it('tells docker restart and docker stop once, and a crash as what it is', () => {
  expect(told(event('container', 'kill', 1000), event('container', 'die', 1100), event('container', 'stop', 1200), event('container', 'start', 1400), event('container', 'restart', 1401))).toEqual(['container.restart web']);
  expect(told(event('container', 'die', 1100, 'c1', { name: 'web', exitCode: '143' }), event('container', 'stop', 1200))).toEqual(['container.stop web']);
  expect(told(event('container', 'die', 1100, 'c1', { name: 'web', exitCode: '3' }))).toEqual(['container.die web']);
});

it('tells the newest first, and an event that was heard and read once', () => {
  const pull = event('image', 'pull', 5000, 'nginx:alpine', { name: 'nginx' });
  expect(told(pull, event('volume', 'create', 9000, 'data', { driver: 'local' }), pull)).toEqual(['volume.create data', 'image.pull nginx:alpine']);
});

it('keeps two starts of two containers, and starts far apart', () => {
  expect(told(event('container', 'start', 1000, 'c1'), event('container', 'start', 1001, 'c2', { name: 'db' }))).toEqual(['container.start db', 'container.start web']);
  expect(told(event('container', 'create', 1000), event('container', 'start', 60_000))).toHaveLength(2);
});

it('tells health, the image by its name, and nothing of how it was done', () => {
  expect(told(event('container', 'health_status: unhealthy', 1000))).toEqual(['container.unhealthy web']);
  expect(told(event('image', 'delete', 1000, `sha256:${'ab'.repeat(32)}`, {}))).toEqual(['image.delete abababababab']);
  expect(told(event('container', 'exec_create: sh', 1000), event('network', 'connect', 1000), event('container', 'attach', 1000))).toEqual([]);
});

it('shows a name of a stranger with nothing that pretends', () => {
  expect(happeningOf(event('volume', 'create', 1, 'a\u202egnp.exe', {}))?.name).toBe('a\ufffdgnp.exe');
});
