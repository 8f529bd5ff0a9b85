import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { VmState } from '../../../contract/vm-state.ts';
import { IdleSuspender } from './idle-suspender.ts';

const minute = 60_000;
const runs: VmState = { status: 'running', startedAt: '', phases: [], accelerator: 'tcg', engineVersion: '1' };
let suspended: number;
let running: number;
let idleMs: number;
let state: VmState;
let listeners: Set<(state: VmState) => void>;
let suspender: IdleSuspender;
const become = (next: VmState) => {
  state = next;
  for (const listener of listeners) listener(next);
};

beforeEach(() => {
  vi.useFakeTimers();
  [suspended, running, idleMs, state, listeners] = [0, 0, 10 * minute, runs, new Set()];
  suspender = new IdleSuspender({
    vm: {
      get state() {
        return state;
      },
      onState(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      suspend: () => {
        suspended++;
        become({ status: 'suspended', since: '', containers: 0 });
        return Promise.resolve();
      },
    },
    idleMs: () => idleMs,
    countRunning: () => Promise.resolve(running),
    log: () => undefined,
  });
});
afterEach(() => {
  suspender.close();
  vi.useRealTimers();
});

it('suspends after the set time, and again after the next one in which the VM ran', async () => {
  await vi.advanceTimersByTimeAsync(10 * minute - 1);
  expect(suspended).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(suspended).toBe(1);
  await vi.advanceTimersByTimeAsync(100 * minute);
  expect(suspended).toBe(1);
  become(runs);
  await vi.advanceTimersByTimeAsync(10 * minute);
  expect(suspended).toBe(2);
});

it('waits while anybody looks, and begins anew when the last one has gone', async () => {
  const [window, command] = [suspender.hold(), suspender.hold()];
  await vi.advanceTimersByTimeAsync(60 * minute);
  window();
  // Said twice, it counts once.
  window();
  await vi.advanceTimersByTimeAsync(60 * minute);
  expect(suspended).toBe(0);
  command();
  await vi.advanceTimersByTimeAsync(10 * minute);
  expect(suspended).toBe(1);
});

it('leaves a VM alone in which something runs, until its end was an event', async () => {
  running = 1;
  await vi.advanceTimersByTimeAsync(60 * minute);
  running = 0;
  await vi.advanceTimersByTimeAsync(60 * minute);
  expect(suspended).toBe(0);
  suspender.touch();
  await vi.advanceTimersByTimeAsync(10 * minute);
  expect(suspended).toBe(1);
});

it('never does with 0, and follows a change of the setting', async () => {
  idleMs = 0;
  suspender.touch();
  await vi.advanceTimersByTimeAsync(600 * minute);
  expect(suspended).toBe(0);
  idleMs = minute;
  suspender.touch();
  await vi.advanceTimersByTimeAsync(minute);
  expect(suspended).toBe(1);
});

it('does nothing to a VM that does not run', async () => {
  become({ status: 'stopped' });
  await vi.advanceTimersByTimeAsync(600 * minute);
  expect(suspended).toBe(0);
});
