import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { ForwardedConnections, TcpFlag } from './forwarded-connections.ts';
import { FrameStream } from './frame-stream.ts';
import { guardNetwork } from './network-guard.ts';
import { mayPass, parseIPv4, type GuardPolicy } from './packet-filter.ts';

const policy: GuardPolicy = { hostAccess: false, ownAddresses: new Set([parseIPv4('192.168.1.5')!]) };

function packet(destination: string, options: { protocol?: number; port?: number; type?: number; fragment?: number; options?: number; flags?: number } = {}): Buffer {
  const extra = options.options ?? 0;
  const frame = Buffer.alloc(14 + 20 + extra + 20);
  frame.writeUInt16BE(options.type ?? 0x0800, 12);
  frame.writeUInt8(0x45 + extra / 4, 14);
  frame.writeUInt16BE(options.fragment ?? 0, 20);
  frame.writeUInt8(options.protocol ?? 6, 23);
  frame.writeUInt32BE(parseIPv4(destination)!, 30);
  frame.writeUInt16BE(options.port ?? 80, 34 + extra + 2);
  frame.writeUInt8(options.flags ?? 0, 34 + extra + 13);
  return frame;
}
const passes = (...args: Parameters<typeof packet>) => mayPass(packet(...args), policy);

describe('what the guest may send', () => {
  it('goes to the internet and the local network', () => {
    for (const address of ['93.184.216.34', '192.168.1.6', '10.0.3.1', '172.17.0.1']) for (const protocol of [1, 6, 17]) expect(passes(address, { protocol }), address).toBe(true);
    expect(passes('93.184.216.34', { fragment: 0x2000 })).toBe(true);
    expect(mayPass(packet('10.0.2.2', { type: 0x0806 }), policy)).toBe(true);
  });

  it('does not go to this computer, under any of its names', () => {
    for (const address of ['10.0.2.2', '10.0.2.255', '10.0.2.15', '127.0.0.1', '127.8.8.8', '0.0.0.0', '255.255.255.255', '192.168.1.5', '169.254.169.254', '224.0.0.251']) {
      for (const protocol of [1, 6, 17]) expect(passes(address, { protocol }), address).toBe(false);
    }
  });

  it('asks the name server for names and for nothing else', () => {
    expect([passes('10.0.2.3', { protocol: 17, port: 53 }), passes('10.0.2.3', { protocol: 6, port: 53 }), passes('10.0.2.3', { protocol: 17, port: 53, options: 8 })]).toEqual([true, true, true]);
    expect([passes('10.0.2.3', { port: 22 }), passes('10.0.2.3', { protocol: 1, port: 53 }), passes('10.0.2.3', { protocol: 17, port: 53, fragment: 0x2000 }), passes('10.0.2.3', { protocol: 17, port: 53, fragment: 1 })]).toEqual([false, false, false, false]);
  });

  it('is IPv4 and nothing else', () => {
    for (const type of [0x86dd, 0x8100, 0x88a8, 0x0000, 0x8864]) expect(passes('93.184.216.34', { type })).toBe(false);
    expect(mayPass(Buffer.alloc(0), policy)).toBe(false);
    expect(mayPass(packet('93.184.216.34').subarray(0, 30), policy)).toBe(false);
  });

  it('reaches this computer once the user allows it', () => {
    const open = { ...policy, hostAccess: true };
    expect([mayPass(packet('10.0.2.2'), open), mayPass(packet('192.168.1.5'), open)]).toEqual([true, true]);
    expect([mayPass(packet('127.0.0.1'), open), mayPass(packet('10.0.2.3', { port: 22 }), open)]).toEqual([false, false]);
  });

  it('answers what this app opened into it, and begins nothing', () => {
    const forwarded = new ForwardedConnections();
    const guarded: GuardPolicy = { ...policy, forwarded: (port, flags) => forwarded.take(port, flags) };
    const passes = (options: Parameters<typeof packet>[1], to = '10.0.2.2') => mayPass(packet(to, options), guarded);
    const { syn, ack, fin, rst } = TcpFlag;
    const sides: string[] = [];
    const connection = forwarded.watch(40_000, (side) => sides.push(side));
    expect(() => forwarded.watch(40_000, () => undefined)).toThrow('port 40000 has a forwarded connection');
    // Of ours, of somebody else's, and what would open a connection; a push with it too, which slirp takes for one.
    expect([passes({ port: 40_000, flags: syn | ack }), passes({ port: 40_001, flags: syn | ack }), passes({ port: 40_000, flags: syn }), passes({ port: 40_000, flags: syn | 8 })]).toEqual([true, false, false, false]);
    expect([passes({ port: 40_000, flags: ack, options: 8 }), passes({ port: 40_000, flags: fin | ack }), passes({ port: 40_000, flags: rst })]).toEqual([true, true, true]);
    expect(sides).toEqual(['open', 'ended']);
    // What cannot begin anything is slirp's to reset.
    expect([passes({ port: 40_001, flags: ack }), passes({ port: 40_001, flags: rst }), passes({ port: 40_001, flags: fin })]).toEqual([true, true, false]);
    connection.forget();
    expect(passes({ port: 40_000, flags: syn | ack })).toBe(false);
    // Other protocols, fragments, and other names of this computer.
    for (const odd of [{ protocol: 17 }, { protocol: 1 }, { fragment: 0x2000 }, { fragment: 1 }]) expect(passes({ port: 40_000, flags: ack, ...odd })).toBe(false);
    for (const address of ['10.0.2.255', '127.0.0.1', '192.168.1.5', '10.0.2.3']) expect(passes({ port: 40_000, flags: ack }, address), address).toBe(false);
    expect(mayPass(packet('10.0.2.2', { port: 40_000, flags: ack }).subarray(0, 47), guarded)).toBe(false);
    // It hears of them where the guest may reach this computer, too.
    const second = forwarded.watch(40_002, (side) => sides.push(side));
    expect(mayPass(packet('10.0.2.2', { port: 40_002, flags: rst | ack }), { ...guarded, hostAccess: true })).toBe(true);
    expect([second.side, sides.at(-1)]).toEqual(['refused', 'refused']);
  });

  it('never breaks the filter', () => {
    const forwarded = new ForwardedConnections();
    const guarded: GuardPolicy = { ...policy, forwarded: (port, flags) => forwarded.take(port, flags) };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => typeof mayPass(bytes, guarded) === 'boolean'));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (rest) => typeof mayPass(Buffer.concat([packet('10.0.2.2').subarray(0, 34), rest]), guarded) === 'boolean'));
  });
});

const framed = (frame: Buffer) => Buffer.concat([Buffer.from([0, 0, frame.length >> 8, frame.length & 255]), frame]);

describe('a stream of frames', () => {
  it('loses what may not pass, wherever it is cut', () => {
    const frames = [packet('1.1.1.1'), packet('10.0.2.2'), packet('10.0.2.2'), packet('8.8.8.8'), packet('127.0.0.1'), packet('9.9.9.9')];
    const bytes = Buffer.concat(frames.map(framed));
    const expected = Buffer.concat([frames[0]!, frames[3]!, frames[5]!].map(framed));
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        const stream = new FrameStream((frame) => mayPass(frame, policy));
        const places = [0, ...cuts.sort((one, other) => one - other), bytes.length];
        const out = places.slice(1).flatMap((end, index) => stream.push(bytes.subarray(places[index], end)));
        return Buffer.concat(out).equals(expected);
      }),
    );
  });

  it('that is none is refused', () => {
    expect(() => new FrameStream(() => true).push(Buffer.from([255, 255, 255, 255]))).toThrow('a frame of 4294967295 octets');
  });
});

describe.skipIf(process.platform === 'win32')('the guard', () => {
  let folder: string;
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) server.close();
    await rm(folder, { recursive: true });
  });
  const listen = async (name: string): Promise<[string, Promise<Socket>]> => {
    const server = createServer().listen(join(folder, name));
    servers.push(server);
    await once(server, 'listening');
    return [join(folder, name), once(server, 'connection').then(([socket]) => socket as Socket)];
  };

  it('hands on what may pass, and knows this computer’s addresses', async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-guard-'));
    const [[outgoing, fromGuest], [allowed, toSlirp]] = [await listen('out'), await listen('in')];
    let hostAccess = false;
    const guard = await guardNetwork({ sockets: { outgoing, allowed }, hostAccess: () => hostAccess });
    const [guest, slirp] = await Promise.all([fromGuest, toSlirp]);
    const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []).find(({ family }) => family === 'IPv4')!.address;
    guest.write(Buffer.concat([packet(own), packet('10.0.2.2', { flags: TcpFlag.syn }), packet('1.1.1.1')].map(framed)));
    const [heard] = (await once(slirp, 'data')) as [Buffer];
    expect(heard).toEqual(framed(packet('1.1.1.1')));
    hostAccess = true;
    guard.close();
    await once(guest, 'close');
  });
});
