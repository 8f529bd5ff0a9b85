import type { Duplex } from 'node:stream';
import { messageOf } from '../../failure.ts';
import { RefusedByGuestError, type LaunchedVm } from '../driver.ts';
import type { GuestTarget } from '../vm.ts';

export interface WaysIn {
  vm: Pick<LaunchedVm, 'dial'>;
  guest: { openStream(target: GuestTarget): Promise<Duplex> };
}

/**
 * A connection to a place in the guest: to a published port past the engine where it has a lane (ADR 0021), which is quicker and goes on when the engine dies; else, and
 * where that way is closed, as a stream of the guest channel.
 */
export async function openPort({ vm, guest }: WaysIn, target: GuestTarget, log: (line: string) => void): Promise<Duplex> {
  if (target.kind !== 'port' || target.lane === undefined || vm.dial === undefined) return guest.openStream(target);
  try {
    return await vm.dial(target.lane);
  } catch (error) {
    if (error instanceof RefusedByGuestError) throw error;
    log(`port ${target.hostPort}: by the guest channel, as ${messageOf(error)}`);
    return guest.openStream(target);
  }
}
