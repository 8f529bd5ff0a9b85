/** DNS over TCP puts two octets of length before each message. Source: RFC 1035 4.2.2. */
export function frame(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length, 0);
  return Buffer.concat([length, message]);
}

/** Cuts a byte stream into messages. */
export class DnsFrames {
  #rest: Buffer = Buffer.alloc(0);

  /** @returns the messages that are complete now. */
  push(chunk: Buffer): Buffer[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const messages: Buffer[] = [];
    while (this.#rest.length >= 2) {
      const size = this.#rest.readUInt16BE(0);
      if (this.#rest.length < 2 + size) break;
      messages.push(Buffer.from(this.#rest.subarray(2, 2 + size)));
      this.#rest = this.#rest.subarray(2 + size);
    }
    return messages;
  }
}
