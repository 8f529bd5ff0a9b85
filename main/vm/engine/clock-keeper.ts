import { callEngine } from '../channel/engine-call.ts';
import type { GuestConnection } from '../channel/guest-connection.ts';

const lookMs = 5000;
/** A jump of this computer's clock against its running time: it slept, or somebody set the clock. */
const jumpMs = 200;
const deadlineMs = 60_000;

/** Sets the guest's clock. @throws Error when the engine does not do it. */
export async function setGuestClock(guest: GuestConnection, signal: AbortSignal): Promise<void> {
  const { status } = await callEngine(() => guest.openStream({ kind: 'api' }), 'POST', `/slipway/clock?unixMs=${Date.now()}`, signal);
  if (status !== 204) throw new Error(`the VM's clock could not be set: the engine answered ${status}`);
}

/**
 * Gives the guest this computer's time: at once (a guest that was restored has that of its launch, one that booted a whole second's), and whenever
 * this computer's clock jumps, as it does over a sleep in which the guest stood still.
 */
export function keepClock(guest: GuestConnection, log: (line: string) => void): { stop(): void } {
  const offset = () => Date.now() - performance.now();
  let known = offset();
  const tell = () => {
    // An engine that has just begun to answer lets requests wait, and a time that waits is wrong: first one that holds no time.
    callEngine(() => guest.openStream({ kind: 'api' }), 'GET', '/version', AbortSignal.timeout(deadlineMs)).then(
      () => setGuestClock(guest, AbortSignal.timeout(deadlineMs)).catch((error: unknown) => log(error instanceof Error ? error.message : String(error))),
      // Whoever stops the VM says why.
      () => undefined,
    );
  };
  tell();
  const timer = setInterval(() => {
    const now = offset();
    if (Math.abs(now - known) < jumpMs) return;
    known = now;
    tell();
  }, lookMs);
  return { stop: () => clearInterval(timer) };
}
