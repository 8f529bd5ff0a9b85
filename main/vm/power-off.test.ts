import { expect, it, vi } from 'vitest';
import type { GuestConnection } from './channel/guest-connection.ts';
import type { LaunchedVm } from './driver.ts';
import { powerOff } from './power-off.ts';

// A busy computer's load is hardly ever a whole number.
vi.mock('./patience.ts', () => ({ patience: () => 1.0049 }));

it('ends the VM whatever the load is', async () => {
  const exited = Promise.withResolvers<{ code: number | null; signal: null }>();
  const vm = { exited: exited.promise, quit: () => Promise.resolve(exited.resolve({ code: 0, signal: null })), kill: () => undefined } as unknown as LaunchedVm;
  const closed = vi.fn();
  const guest = { openStream: () => Promise.reject(new Error('the guest is gone')), close: closed } as unknown as GuestConnection;
  const lines: string[] = [];
  await powerOff(vm, guest, (line) => lines.push(line));
  expect(lines).toEqual(['the VM could not be powered off in order: the guest is gone']);
  expect(closed).toHaveBeenCalledOnce();
});
