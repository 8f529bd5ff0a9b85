import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChannelProtocolError, encodeFrame, FrameDecoder, frameHeaderSize, handshakeMarker, maxControlPayload, maxFramePayload, type FrameType } from './frame.ts';

interface Seen {
  type: FrameType;
  stream: number;
  payload: number[];
}

/** Parts of one data frame joined again, so that what is seen does not depend on the cuts. */
function decode(bytes: Uint8Array, cuts: number[]): Seen[] {
  const decoder = new FrameDecoder();
  const seen: Seen[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = cuts[i % cuts.length] ?? 1;
    decoder.push(bytes.slice(at, at + size), (frame) => {
      const last = seen.at(-1);
      if (frame.type === 'data' && last?.type === 'data' && last.stream === frame.stream) last.payload.push(...frame.payload);
      else seen.push({ type: frame.type, stream: frame.stream, payload: [...frame.payload] });
    });
    at += size;
  }
  return seen;
}

const join = (frames: Uint8Array[]) => Uint8Array.from(frames.flatMap((frame) => [...frame]));

describe('frames of the guest channel', () => {
  it('have the header that the plan names', () => {
    expect([...encodeFrame('data', 0x01020304, new Uint8Array([9, 8]))]).toEqual([3, 0, 1, 2, 3, 4, 0, 0, 0, 2, 9, 8]);
    expect(encodeFrame('fin', 1)).toHaveLength(frameHeaderSize);
  });

  it('come out whole however the bytes are cut', () => {
    const frame = fc.record({
      type: fc.constantFrom<FrameType>('open', 'accept', 'data', 'fin', 'reset', 'credit', 'ping', 'pong'),
      stream: fc.integer({ min: 0, max: 0xffffffff }),
      payload: fc.uint8Array({ maxLength: 50 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(frame, { maxLength: 8, selector: (f) => f.stream }), fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (frames, cuts) => {
        const bytes = join(frames.map((f) => encodeFrame(f.type, f.stream, f.payload)));
        expect(decode(bytes, cuts)).toEqual(frames.map((f) => ({ ...f, payload: [...f.payload] })));
      }),
    );
  });

  it('stop at a handshake marker where a frame should begin, and only there', () => {
    const decoder = new FrameDecoder();
    const inside = encodeFrame('data', handshakeMarker, new Uint8Array([handshakeMarker, handshakeMarker]));
    const payloads: number[][] = [];
    const rest = decoder.push(join([inside, new Uint8Array([handshakeMarker, 1, 2])]), (frame) => payloads.push([...frame.payload]));
    expect(payloads).toEqual([[handshakeMarker, handshakeMarker]]);
    expect([...(rest ?? [])]).toEqual([handshakeMarker, 1, 2]);
  });

  it('are refused when too long, before anything is kept for them', () => {
    const header = (type: FrameType, length: number) => {
      const bytes = encodeFrame(type, 1);
      new DataView(bytes.buffer).setUint32(6, length);
      return bytes;
    };
    expect(() => new FrameDecoder().push(header('data', maxFramePayload + 1), () => undefined)).toThrow(ChannelProtocolError);
    expect(() => new FrameDecoder().push(header('open', maxControlPayload + 1), () => undefined)).toThrow('open frame of 1025 bytes');
    expect(() => new FrameDecoder().push(header('data', maxFramePayload), () => undefined)).not.toThrow();
  });

  it('of any bytes end in frames or in a protocol error, never in another one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          new FrameDecoder().push(bytes, () => undefined);
        } catch (error) {
          expect(error).toBeInstanceOf(ChannelProtocolError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
