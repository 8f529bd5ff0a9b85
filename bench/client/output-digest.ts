import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

/** What a multiplexed stream said, as a size and a SHA-256 of the payloads. Source: the API's "attach" (8 bytes of header a frame). */
export async function digestOfOutput(stream: Readable): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  let left = 0;
  let header: Buffer = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let at = 0;
    while (at < chunk.length) {
      if (left === 0) {
        const missing = chunk.subarray(at, at + 8 - header.length);
        header = header.length === 0 ? missing : Buffer.concat([header, missing]);
        at += missing.length;
        if (header.length < 8) break;
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const payload = chunk.subarray(at, at + left);
      hash.update(payload);
      bytes += payload.length;
      left -= payload.length;
      at += payload.length;
    }
  }
  return { bytes, sha256: hash.digest('hex') };
}
