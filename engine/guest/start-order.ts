import { readFileSync } from 'node:fs';

/** What the host wants of this start. */
export interface StartOrder {
  /** `go`: start. `park`: get ready and wait; the host then keeps the machine's memory, and starts later ones from it. */
  word: 'go' | 'park';
  /** The host's clock when it started the VM, in milliseconds since 1970; 0 when it said nothing. */
  unixMs: number;
}

/**
 * Reads the order out of its fw_cfg file: `go 1732694400123`, padded with spaces. Each start of QEMU has a file of its own, so a machine that was
 * restored reads another order than the one that it was parked with. Without a file (a VM of tests) it is `go`.
 */
export function readStartOrder(path: string): StartOrder {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch {
    return { word: 'go', unixMs: 0 };
  }
  const [word, time] = text.trim().split(' ');
  return { word: word === 'park' ? 'park' : 'go', unixMs: Number(time) || 0 };
}
