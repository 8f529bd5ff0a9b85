import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeStdFrame, StdFrameDecoder, type StdStream } from './stdcopy.ts';

describe('multiplexed stream', () => {
  it('has the header that moby writes', () => {
    expect([...encodeStdFrame('stderr', new Uint8Array([9, 9, 9]))]).toEqual([2, 0, 0, 0, 0, 0, 0, 3, 9, 9, 9]);
  });

  it('gives back the frames however the bytes are cut', () => {
    const frame = fc.record({
      stream: fc.constantFrom<StdStream>('stdin', 'stdout', 'stderr'),
      payload: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (frames, cuts) => {
        const bytes = frames.flatMap((f) => [...encodeStdFrame(f.stream, f.payload)]);
        const decoder = new StdFrameDecoder();
        const decoded: { stream: StdStream; payload: number[] }[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = cuts[i % cuts.length] ?? 1;
          const chunk = new Uint8Array(bytes.slice(at, at + size));
          for (const f of decoder.push(chunk)) decoded.push({ stream: f.stream, payload: [...f.payload] });
          at += size;
        }
        expect(decoded).toEqual(frames.map((f) => ({ stream: f.stream, payload: [...f.payload] })));
        expect(decoder.pendingBytes).toBe(0);
      }),
    );
  });

  it('refuses bytes that are no multiplexed stream', () => {
    expect(() => new StdFrameDecoder().push(Uint8Array.from('plain text', (c) => c.charCodeAt(0)))).toThrow(RangeError);
  });
});
