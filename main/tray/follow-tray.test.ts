import { expect, it, vi } from 'vitest';
import type { ContainerSummary } from '../../contract/engine-api/container.ts';
import type { IpcPushes } from '../../contract/ipc.ts';
import { PushHub } from '../ipc/push.ts';
import { followTray } from './follow-tray.ts';
import type { TrayState } from './tray-menu.ts';

const event = (Action: string): IpcPushes['engine/event'] => ({ Type: 'container', Action, Actor: { ID: 'a', Attributes: {} }, scope: 'local', time: 1, timeNano: 1 });

it('reads the list when the engine answers and when an event says so, a storm of them twice', async () => {
  vi.useFakeTimers();
  const pushes = new PushHub(['vm/state', 'settings/state', 'engine/connection']);
  pushes.push('vm/state', { status: 'running', startedAt: '', phases: [], accelerator: 'kvm', engineVersion: '1' });
  let list = [{ Id: 'a' }] as ContainerSummary[];
  let looks = 0;
  const states: TrayState[] = [];
  const tray = followTray({ follow: (send) => pushes.join({ send }), containers: () => (looks++, Promise.resolve(list)) }, (state) => states.push(state));
  expect(states.at(-1)).toMatchObject({ vm: { status: 'running' }, containers: [] });

  pushes.push('engine/connection', { status: 'connected' });
  await vi.advanceTimersByTimeAsync(0);
  expect([looks, states.at(-1)?.containers.length]).toEqual([1, 1]);

  pushes.push('engine/event', event('exec_create: sh'));
  await vi.advanceTimersByTimeAsync(5000);
  expect(looks).toBe(1);

  list = [{ Id: 'a' }, { Id: 'b' }] as ContainerSummary[];
  for (let count = 0; count < 200; count++) pushes.push('engine/event', event('start'));
  await vi.advanceTimersByTimeAsync(5000);
  expect([looks, states.at(-1)?.containers.length]).toEqual([3, 2]);

  pushes.push('engine/connection', { status: 'away', since: '' });
  expect(states.at(-1)).toMatchObject({ isAway: true, containers: list });
  tray.close();
  const told = states.length;
  pushes.push('engine/connection', { status: 'connected' });
  expect(states.length).toBe(told);
  vi.useRealTimers();
});
