import { openSync, readSync } from 'node:fs';

let device: number | undefined;

/**
 * Random bytes straight from the kernel. OpenSSL's generator, which Node's `randomBytes` asks, is a copy in each VM that was restored from one
 * snapshot; the engine renews its own (`guest/renewal.ts`), processes beside it draw from here.
 */
export function kernelRandom(length: number): Buffer {
  device ??= openSync('/dev/urandom', 'r');
  const bytes = Buffer.alloc(length);
  // Up to 256 bytes come in one piece (random(4)).
  readSync(device, bytes);
  return bytes;
}
