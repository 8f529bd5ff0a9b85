import type { SessionTransport } from './session.ts';

/** Above this many bytes under way the session waits for the port to drain. */
const congestionMark = 256 * 1024;
/** Kept batches are written at this size without waiting for the end of the turn. */
const batchLimit = 64 * 1024;

/**
 * Collects the frames of one turn of the event loop and writes them as one buffer: each write to a virtio port costs an
 * exit from the VM, and two hundred small requests fit into one.
 */
export class BatchingTransport implements SessionTransport {
  readonly #write: (bytes: Uint8Array, done: () => void) => void;
  readonly #onDrained: () => void;
  #batch: Uint8Array[] = [];
  #batched = 0;
  #underWay = 0;

  /** `write` calls `done` when the bytes left this process; `onDrained` follows after the transport was congested. */
  constructor(write: (bytes: Uint8Array, done: () => void) => void, onDrained: () => void) {
    this.#write = write;
    this.#onDrained = onDrained;
  }

  get congested(): boolean {
    return this.#underWay + this.#batched >= congestionMark;
  }

  send(bytes: Uint8Array): void {
    if (this.#batch.length === 0) void Promise.resolve().then(() => this.#flush());
    this.#batch.push(bytes);
    this.#batched += bytes.length;
    if (this.#batched >= batchLimit) this.#flush();
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    const bytes = this.#batch.length === 1 && this.#batch[0] !== undefined ? this.#batch[0] : concat(this.#batch, this.#batched);
    this.#batch = [];
    this.#batched = 0;
    this.#underWay += bytes.length;
    this.#write(bytes, () => {
      const wasCongested = this.congested;
      this.#underWay -= bytes.length;
      if (wasCongested && !this.congested) this.#onDrained();
    });
  }
}

function concat(parts: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
