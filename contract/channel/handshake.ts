import { handshakeMarker } from './frame.ts';

/**
 * Before any frame both sides prove that they hold the key of this VM start. All messages have a fixed size and begin with
 * eight bytes that no frame begins with, so that whatever an earlier session left in the port is skipped:
 *
 *     host  → guest  ready                                  (the host connected: say hello, perhaps again)
 *     guest → host   hello  guestNonce                      (also unasked, when the guest opens the port)
 *     host  → guest  proof  hostNonce, HMAC("slipway host", guestNonce, hostNonce)
 *     guest → host   proof  HMAC("slipway guest", hostNonce, guestNonce)
 *
 * The HMAC (SHA-256) is injected: this folder knows no environment.
 */
export interface ChannelCrypto {
  /** HMAC-SHA-256 of the parts, one after the other, under the instance key: 32 bytes. */
  hmac(parts: readonly Uint8Array[]): Uint8Array;
  /** 32 bytes that cannot be guessed. */
  nonce(): Uint8Array;
}

const kinds = { ready: 1, hello: 2, hostProof: 3, guestProof: 4 } as const;
type MessageKind = keyof typeof kinds;
const digestSize = 32;
const bodySizes: Record<MessageKind, number> = { ready: 0, hello: digestSize, hostProof: 2 * digestSize, guestProof: digestSize };
const magicSize = 8;

const hostLabel = Uint8Array.from('slipway host', (c) => c.charCodeAt(0));
const guestLabel = Uint8Array.from('slipway guest', (c) => c.charCodeAt(0));

interface Message {
  kind: MessageKind;
  body: Uint8Array;
}

/** Marker, `SLIPW`, kind, version: another version is garbage to this one, and never half understood. */
const magics: Record<MessageKind, Uint8Array> = { ready: magic('ready'), hello: magic('hello'), hostProof: magic('hostProof'), guestProof: magic('guestProof') };

function magic(kind: MessageKind): Uint8Array {
  return new Uint8Array([handshakeMarker, 0x53, 0x4c, 0x49, 0x50, 0x57, kinds[kind], 1]);
}

function message(kind: MessageKind, ...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(magicSize + bodySizes[kind]);
  bytes.set(magics[kind]);
  let offset = magicSize;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** Finds handshake messages in any bytes; holds less than one message between two chunks. */
class MessageScanner {
  #pending: Uint8Array = new Uint8Array(0);

  push(chunk: Uint8Array): void {
    const bytes = new Uint8Array(this.#pending.length + chunk.length);
    bytes.set(this.#pending);
    bytes.set(chunk, this.#pending.length);
    this.#pending = bytes;
  }

  /** The next message of one of these kinds; everything before it is dropped. */
  next(wanted: readonly MessageKind[]): Message | null {
    for (let at = this.#pending.indexOf(handshakeMarker); at !== -1; at = this.#pending.indexOf(handshakeMarker, at + 1)) {
      if (at + 1 < this.#pending.length && this.#pending[at + 1] !== magics.ready[1]) continue;
      const rest = this.#pending.subarray(at);
      const kind = wanted.find((candidate) => startsLike(rest, magics[candidate]));
      if (kind === undefined) continue;
      const size = magicSize + bodySizes[kind];
      if (rest.length < size) {
        this.#pending = rest.slice();
        return null;
      }
      this.#pending = rest.subarray(size);
      return { kind, body: rest.slice(magicSize, size) };
    }
    this.#pending = new Uint8Array(0);
    return null;
  }

  /** Bytes after the last message, which belong to the session. */
  takeRest(): Uint8Array {
    const rest = this.#pending;
    this.#pending = new Uint8Array(0);
    return rest;
  }
}

function startsLike(bytes: Uint8Array, start: Uint8Array): boolean {
  for (let i = 0; i < Math.min(bytes.length, start.length); i++) if (bytes[i] !== start[i]) return false;
  return true;
}

/** Takes the same time wherever the two differ. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

export interface Handshake {
  /** What to send at once. */
  start(): Uint8Array;
  /** Answers the bytes that follow the handshake once it succeeded, else null. `refused` counts wrong proofs. */
  receive(chunk: Uint8Array, send: (bytes: Uint8Array) => void): Uint8Array | null;
  readonly refused: number;
}

export class HostHandshake implements Handshake {
  readonly #crypto: ChannelCrypto;
  readonly #scanner = new MessageScanner();
  #guestNonce: Uint8Array | null = null;
  #hostNonce: Uint8Array = new Uint8Array(0);
  refused = 0;

  constructor(crypto: ChannelCrypto) {
    this.#crypto = crypto;
  }

  start(): Uint8Array {
    return message('ready');
  }

  receive(chunk: Uint8Array, send: (bytes: Uint8Array) => void): Uint8Array | null {
    this.#scanner.push(chunk);
    for (let next = this.#scanner.next(['hello', 'guestProof']); next !== null; next = this.#scanner.next(['hello', 'guestProof'])) {
      if (next.kind === 'hello') {
        // The guest says hello when it opens the port and again when it reads `ready`: one answer for one nonce.
        if (this.#guestNonce !== null && sameBytes(this.#guestNonce, next.body)) continue;
        this.#guestNonce = next.body;
        this.#hostNonce = this.#crypto.nonce();
        send(message('hostProof', this.#hostNonce, this.#crypto.hmac([hostLabel, this.#guestNonce, this.#hostNonce])));
      } else if (this.#guestNonce !== null) {
        if (sameBytes(next.body, this.#crypto.hmac([guestLabel, this.#hostNonce, this.#guestNonce]))) return this.#scanner.takeRest();
        this.refused++;
      }
    }
    return null;
  }
}

export class GuestHandshake implements Handshake {
  readonly #crypto: ChannelCrypto;
  readonly #scanner = new MessageScanner();
  readonly #guestNonce: Uint8Array;
  refused = 0;

  constructor(crypto: ChannelCrypto) {
    this.#crypto = crypto;
    this.#guestNonce = crypto.nonce();
  }

  start(): Uint8Array {
    return message('hello', this.#guestNonce);
  }

  receive(chunk: Uint8Array, send: (bytes: Uint8Array) => void): Uint8Array | null {
    this.#scanner.push(chunk);
    for (let next = this.#scanner.next(['ready', 'hostProof']); next !== null; next = this.#scanner.next(['ready', 'hostProof'])) {
      if (next.kind === 'ready') {
        send(this.start());
        continue;
      }
      const hostNonce = next.body.subarray(0, digestSize);
      if (sameBytes(next.body.subarray(digestSize), this.#crypto.hmac([hostLabel, this.#guestNonce, hostNonce]))) {
        send(message('guestProof', this.#crypto.hmac([guestLabel, hostNonce, this.#guestNonce])));
        return this.#scanner.takeRest();
      }
      this.refused++;
    }
    return null;
  }
}
