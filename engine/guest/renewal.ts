import { createHmac, randomInt, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { reseedKernel, reseedOpenssl, setClock } from '../lib/syscalls/machine.ts';

/** Node keeps random bytes for this many calls of `randomUUID` and `randomInt` (lib/internal/crypto/random.js). */
const keptUuids = 128;
const keptInts = 1024;

/**
 * Makes a machine that was restored from a snapshot one of its own: its clock, and everything that random values come from. All copies of the
 * snapshot are alike up to here; the key of the guest channel is new for each start of the VM and known to nobody else, so entropy is derived of it.
 */
export function renewMachine(keyFile: string, unixMs: number): void {
  const key = readFileSync(keyFile);
  const derive = (purpose: string) => createHmac('sha512', key).update(`slipway ${purpose}`).digest();
  reseedKernel(derive('kernel entropy'));
  reseedOpenssl(derive('openssl entropy'));
  if (unixMs > 0) setClock(unixMs);
}

/** The other half, before anything of the engine draws: what Node keeps of bytes that it drew before. It is used up here. */
export function useUpKeptBytes(): void {
  for (let i = 0; i < keptUuids; i++) randomUUID();
  for (let i = 0; i < keptInts; i++) randomInt(2);
}

/** V8's `Math.random` cannot be seeded anew, so in a machine that may be a copy it is replaced. */
export function replaceMathRandom(): void {
  const range = 2 ** 47;
  Math.random = () => randomInt(range) / range;
}
