import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatagramSplitter, encodeDatagram } from './datagrams.ts';

describe('datagrams in a stream', () => {
  it('come out as they went in, wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), fc.array(fc.nat(3000), { maxLength: 8 }), (datagrams, cuts) => {
        const bytes = new Uint8Array(datagrams.flatMap((datagram) => [...encodeDatagram(datagram)]));
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((one, other) => one - other), bytes.length];
        const splitter = new DatagramSplitter();
        const out = places.slice(1).flatMap((end, index) => splitter.push(bytes.subarray(places[index], end)));
        expect(out.map((datagram) => [...datagram])).toEqual(datagrams.map((datagram) => [...datagram]));
      }),
    );
  });

  it('are refused when no datagram is so long', () => {
    expect(() => new DatagramSplitter().push(new Uint8Array([255, 255]))).toThrow('a datagram of 65535 octets');
  });
});
