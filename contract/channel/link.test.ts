import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeFrame } from './frame.ts';
import type { ChannelCrypto } from './handshake.ts';
import { ChannelLink } from './link.ts';
import { maxPeerStreams, type ChannelSession } from './session.ts';
import { streamWindow, type ChannelStream } from './stream.ts';

vi.setConfig({ testTimeout: 30_000 });

let nonces = 0;
beforeEach(() => void (nonces = 0));

/** Stands in for HMAC-SHA-256, which this folder is given by its environment: a keyed checksum in 32 bytes. */
function toyCrypto(key: number): ChannelCrypto {
  return {
    hmac: (parts) => {
      const out = new Uint8Array(32);
      let state = key;
      for (const byte of parts.flatMap((part) => [...part])) state = (Math.imul(state ^ byte, 16777619) + 1) >>> 0;
      for (let i = 0; i < out.length; i++) out[i] = (Math.imul(state, i + 1) >>> 11) & 0xff;
      return out;
    },
    nonce: () => new Uint8Array(32).fill(++nonces),
  };
}

interface End {
  link: ChannelLink;
  session: ChannelSession | null;
  streams: { stream: ChannelStream; target: string; received: number[]; ended: boolean; reset: string | null }[];
  downs: { reason: string; broken: boolean }[];
  /** Bytes that this end sent and the test has not carried over yet. */
  outgoing: number[];
  congested: boolean;
}

function makeEnd(side: 'host' | 'guest', key = 1): End {
  const end: End = { link: null as never, session: null, streams: [], downs: [], outgoing: [], congested: false };
  end.link = new ChannelLink({
    side,
    crypto: toyCrypto(key),
    transport: {
      send: (bytes) => end.outgoing.push(...bytes),
      get congested() {
        return end.congested;
      },
    },
    onSession: (session) => (end.session = session),
    onDown: (reason, broken) => {
      end.session = null;
      end.downs.push({ reason, broken });
    },
    onStream: (stream, target) => {
      listen(end, stream, String.fromCharCode(...target));
      stream.accept();
    },
  });
  return end;
}

function listen(end: End, stream: ChannelStream, target: string): End['streams'][number] {
  const record: End['streams'][number] = { stream, target, received: [], ended: false, reset: null };
  end.streams.push(record);
  stream.events = { data: (bytes) => record.received.push(...bytes), end: () => (record.ended = true), reset: (reason) => (record.reset = reason) };
  return record;
}

function carry(from: End, to: End, size = 1 << 20): void {
  const bytes = Uint8Array.from(from.outgoing.splice(0));
  for (let at = 0; at < bytes.length; at += size) to.link.receive(bytes.slice(at, at + size));
}

function settle(host: End, guest: End, size?: number): void {
  while (host.outgoing.length + guest.outgoing.length > 0) {
    carry(host, guest, size);
    carry(guest, host, size);
  }
}

function connected(): { host: End; guest: End } {
  const host = makeEnd('host');
  const guest = makeEnd('guest');
  host.link.start();
  guest.link.start();
  settle(host, guest);
  return { host, guest };
}

const bytesOf = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const nothing = () => undefined;

describe('handshake', () => {
  it('succeeds whoever comes first and however the bytes are cut', () => {
    for (const first of ['host', 'guest'] as const) {
      for (const size of [1, 7, 1000]) {
        const host = makeEnd('host');
        const guest = makeEnd('guest');
        const [a, b] = first === 'host' ? [host, guest] : [guest, host];
        a.link.start();
        carry(a, b, size);
        b.link.start();
        settle(host, guest, size);
        expect([host.session !== null, guest.session !== null, host.downs, guest.downs]).toEqual([true, true, [], []]);
      }
    }
  });

  it('skips any garbage that an earlier session left in the port', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 90 }), (toHost, toGuest, size) => {
        const host = makeEnd('host');
        const guest = makeEnd('guest');
        host.link.receive(toHost);
        guest.link.receive(toGuest);
        host.link.start();
        guest.link.start();
        guest.outgoing.unshift(...toHost);
        host.outgoing.unshift(...toGuest);
        settle(host, guest, size);
        expect([host.session !== null, guest.session !== null]).toEqual([true, true]);
      }),
    );
  });

  it('fails for a guest with another key, and opens nothing', () => {
    const host = makeEnd('host', 1);
    const guest = makeEnd('guest', 2);
    host.link.start();
    guest.link.start();
    settle(host, guest);
    expect([host.session, guest.session, guest.link.refused]).toEqual([null, null, 1]);
  });

  it('does not take the proof of an earlier handshake', () => {
    const host = makeEnd('host');
    const guest = makeEnd('guest');
    host.link.start();
    guest.link.start();
    const recorded: number[] = [];
    while (host.outgoing.length + guest.outgoing.length > 0) {
      carry(host, guest);
      recorded.push(...guest.outgoing);
      carry(guest, host);
    }
    expect(host.session).not.toBeNull();
    const later = makeEnd('host');
    later.link.start();
    later.link.receive(Uint8Array.from(recorded));
    expect([later.session, later.link.refused]).toEqual([null, 1]);
  });

  it('keeps little while it looks for a beginning', () => {
    const host = makeEnd('host');
    host.link.start();
    host.outgoing.splice(0);
    for (let i = 0; i < 200; i++) host.link.receive(new Uint8Array(64 * 1024).fill(0xf0));
    expect(host.outgoing).toEqual([]);
  });
});

describe('streams', () => {
  it('carry bytes both ways and end in each direction by itself', () => {
    const { host, guest } = connected();
    const stream = host.session?.open(bytesOf('api'));
    if (stream === undefined) throw new Error('no session');
    const mine = listen(host, stream, 'api');
    stream.write(bytesOf('question'), nothing);
    stream.end();
    settle(host, guest);
    const theirs = guest.streams[0];
    expect([theirs?.target, String.fromCharCode(...(theirs?.received ?? [])), theirs?.ended, mine.ended]).toEqual(['api', 'question', true, false]);
    theirs?.stream.write(bytesOf('answer'), nothing);
    theirs?.stream.end();
    settle(host, guest);
    expect([String.fromCharCode(...mine.received), mine.ended, host.session?.streamCount, guest.session?.streamCount]).toEqual(['answer', true, 0, 0]);
  });

  it('can be opened by both sides at once', () => {
    const { host, guest } = connected();
    const a = host.session?.open(bytesOf('from host'));
    const b = guest.session?.open(bytesOf('from guest'));
    settle(host, guest);
    expect([a?.id, b?.id, host.streams[0]?.target, guest.streams[0]?.target]).toEqual([1, 2, 'from guest', 'from host']);
  });

  it('deliver exactly what was written, in any mixture and any cuts', () => {
    const write = fc.record({ stream: fc.integer({ min: 0, max: 3 }), byHost: fc.boolean(), size: fc.integer({ min: 0, max: 90_000 }) });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 12 }), fc.integer({ min: 1000, max: 70_000 }), (writes, size) => {
        const { host, guest } = connected();
        const mine = [0, 1, 2, 3].map((n) => {
          const stream = host.session?.open(bytesOf(String(n)));
          if (stream === undefined) throw new Error('no session');
          return listen(host, stream, String(n));
        });
        settle(host, guest);
        const sent = { host: [0, 0, 0, 0], guest: [0, 0, 0, 0] };
        for (const { stream, byHost, size: length } of writes) {
          const from = byHost ? mine[stream] : guest.streams[stream];
          from?.stream.write(new Uint8Array(length).fill(stream + 1), nothing);
          sent[byHost ? 'host' : 'guest'][stream] = (sent[byHost ? 'host' : 'guest'][stream] ?? 0) + length;
        }
        const counted = { mine: [0, 0, 0, 0], theirs: [0, 0, 0, 0] };
        for (let quiet = false; !quiet; ) {
          quiet = true;
          settle(host, guest, size);
          for (const [side, records] of [['mine', mine], ['theirs', guest.streams]] as const) {
            records.forEach((record, n) => {
              if (record.received.length === 0) return;
              quiet = false;
              expect(record.received.every((byte) => byte === n + 1)).toBe(true);
              counted[side][n] = (counted[side][n] ?? 0) + record.received.length;
              record.stream.consumed(record.received.splice(0).length);
            });
          }
        }
        expect(counted).toEqual({ mine: sent.guest, theirs: sent.host });
      }),
      { numRuns: 25 },
    );
  });

  it('stop at the window when nobody reads, while others go on', () => {
    const { host, guest } = connected();
    const stalled = host.session?.open(bytesOf('stalled'));
    let sent = 0;
    for (let i = 0; i < 40; i++) stalled?.write(new Uint8Array(32 * 1024), () => sent++);
    settle(host, guest);
    expect(guest.streams[0]?.received.length).toBe(streamWindow);
    expect(sent).toBe(streamWindow / (32 * 1024));
    host.session?.open(bytesOf('other')).write(bytesOf('hello'), nothing);
    settle(host, guest);
    expect(String.fromCharCode(...(guest.streams[1]?.received ?? []))).toBe('hello');
    guest.streams[0]?.stream.consumed(streamWindow);
    settle(host, guest);
    expect(guest.streams[0]?.received.length).toBe(2 * streamWindow);
  });

  it('take turns, a frame each, when the port drains', () => {
    const { host, guest } = connected();
    const [a, b] = [host.session?.open(bytesOf('a')), host.session?.open(bytesOf('b'))];
    host.congested = true;
    a?.write(new Uint8Array(200_000), nothing);
    b?.write(bytesOf('small'), nothing);
    expect(host.outgoing.length).toBeLessThan(100);
    host.congested = false;
    host.link.drained();
    const smallAt = host.outgoing.indexOf('s'.charCodeAt(0));
    expect(smallAt).toBeGreaterThan(0);
    expect(smallAt).toBeLessThan(40_000);
    settle(host, guest);
    expect(guest.streams.map((record) => record.received.length)).toEqual([200_000, 5]);
  });

  it('are reset with a reason that is safe to show, and late frames for them are ignored', () => {
    const { host, guest } = connected();
    const stream = host.session?.open(bytesOf('port'));
    if (stream === undefined) throw new Error('no session');
    const mine = listen(host, stream, 'port');
    settle(host, guest);
    guest.streams[0]?.stream.reset('connection refused\u001b[31m');
    stream.write(bytesOf('late'), nothing);
    settle(host, guest);
    expect(mine.reset).toBe('connection refused?[31m');
    expect([host.downs, guest.downs, host.session?.streamCount, guest.session?.streamCount]).toEqual([[], [], 0, 0]);
  });

  it('beyond the limit are refused without harm to the others', () => {
    const { host, guest } = connected();
    const records = Array.from({ length: maxPeerStreams + 1 }, () => {
      const stream = host.session?.open(bytesOf('x'));
      if (stream === undefined) throw new Error('no session');
      return listen(host, stream, 'x');
    });
    settle(host, guest);
    expect(records.filter((record) => record.reset !== null).map((record) => record.reset)).toEqual([`more than ${maxPeerStreams} streams at once`]);
    expect(guest.session?.streamCount).toBe(maxPeerStreams);
  });
});

describe('a peer that begins anew', () => {
  it('is met with a new handshake on the same port: an engine that was restarted', () => {
    const { host, guest } = connected();
    const stream = host.session?.open(bytesOf('api'));
    if (stream === undefined) throw new Error('no session');
    const mine = listen(host, stream, 'api');
    settle(host, guest);
    const restarted = makeEnd('guest');
    restarted.link.start();
    settle(host, restarted);
    expect(mine.reset).toBe('the guest channel was lost: the other side began anew');
    expect(host.downs).toEqual([{ reason: 'the other side began anew', broken: false }]);
    host.session?.open(bytesOf('again'));
    settle(host, restarted);
    expect(restarted.streams[0]?.target).toBe('again');
  });

  it('is met with a new handshake on the same port: an app that reconnected', () => {
    const { guest } = connected();
    const reconnected = makeEnd('host');
    reconnected.link.start();
    settle(reconnected, guest);
    expect([reconnected.session !== null, guest.session !== null, guest.downs.length]).toEqual([true, true, 1]);
  });

  it('that only goes silent breaks the link after five ticks', () => {
    const { host } = connected();
    for (let i = 0; i < 5; i++) host.link.tick();
    expect(host.downs).toEqual([]);
    host.link.tick();
    expect(host.downs).toEqual([{ reason: 'the other side has been silent for too long', broken: true }]);
  });

  it('is not given up while it answers', () => {
    const { host, guest } = connected();
    for (let i = 0; i < 50; i++) {
      host.link.tick();
      settle(host, guest);
    }
    expect(host.downs).toEqual([]);
  });
});

describe('a hostile peer', () => {
  const hostile: [string, Uint8Array][] = [
    ['data for a stream that never was', encodeFrame('data', 77, bytesOf('x'))],
    ['a stream with a number of ours', encodeFrame('open', 3)],
    ['a stream without number', encodeFrame('open', 0)],
    ['credit without number', encodeFrame('credit', 2, new Uint8Array(3))],
  ];
  it.each(hostile)('breaks only the link: %s', (_name, frame) => {
    const { host } = connected();
    host.link.receive(encodeFrame('open', 2));
    host.link.receive(frame);
    expect(host.downs.map((down) => down.broken)).toEqual([true]);
  });

  it('cannot send beyond its credit, nor give itself more of ours', () => {
    for (const frames of [
      Array.from({ length: 9 }, () => encodeFrame('data', 2, new Uint8Array(32 * 1024))),
      [encodeFrame('credit', 2, new Uint8Array([255, 255, 255, 255]))],
    ]) {
      const { host } = connected();
      host.link.receive(encodeFrame('open', 2));
      for (const frame of frames) host.link.receive(frame);
      expect(host.downs.map((down) => down.broken)).toEqual([true]);
      expect(host.streams[0]?.reset).toContain('the guest channel was lost');
      expect(host.streams[0]?.received.length).toBeLessThanOrEqual(streamWindow);
    }
  });

  it('can send any frames without making this side throw', () => {
    const frame = fc.record({
      type: fc.constantFrom('open', 'accept', 'data', 'fin', 'reset', 'credit', 'ping', 'pong'),
      stream: fc.integer({ min: 0, max: 9 }),
      payload: fc.uint8Array({ maxLength: 20 }),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 30 }), (frames) => {
        const { host } = connected();
        host.session?.open(bytesOf('api'));
        for (const { type, stream, payload } of frames) host.link.receive(encodeFrame(type, stream, payload));
      }),
      { numRuns: 500 },
    );
  });

  it('can send any bytes without making this side throw', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 10 }), (chunks) => {
        const { host, guest } = connected();
        for (const chunk of chunks) {
          host.link.receive(chunk);
          guest.link.receive(chunk);
        }
      }),
      { numRuns: 500 },
    );
  });
});
