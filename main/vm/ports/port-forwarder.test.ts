import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatagramSplitter, encodeDatagram } from '../../../contract/channel/datagrams.ts';
import { freePort } from '../testing/free-port.ts';
import type { GuestTarget, HostPort } from '../vm.ts';
import { listenAddresses, PortForwarder } from './port-forwarder.ts';

vi.setConfig({ testTimeout: 30_000 });

/** Stands for the container: answers with what it heard, backwards, once the client has ended its half. */
let container: Server;
let forwarder: PortForwarder;
let refuses = false;
let targets: GuestTarget[];

beforeEach(async () => {
  refuses = false;
  targets = [];
  container = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    text(socket).then((heard) => socket.end([...heard].reverse().join('')), () => undefined);
  });
  container.listen(0, '127.0.0.1');
  await once(container, 'listening');
  forwarder = new PortForwarder({
    openStream: async (target) => {
      targets.push(target);
      if (refuses) throw new Error('no container publishes it');
      const socket = connect({ port: (container.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
      await once(socket, 'connect');
      return socket;
    },
  });
});
afterEach(async () => {
  await forwarder.sync([]);
  container.close();
});

const freeHostPort = async (): Promise<HostPort> => ({ protocol: 'tcp', hostIp: '', hostPort: await freePort() });
const dial = async (port: HostPort, host = '127.0.0.1'): Promise<Socket> => {
  const socket = connect({ port: port.hostPort, host, allowHalfOpen: true });
  await once(socket, 'connect');
  return socket;
};

describe('a published port', () => {
  it('carries both directions, and half-closes', async () => {
    const port = await freeHostPort();
    await forwarder.reserve(port);
    const socket = await dial(port);
    socket.end('hello');
    expect(await text(socket)).toBe('olleh');
  });

  it('loses nothing of a large answer whose sender closes at once', async () => {
    const port = await freeHostPort();
    await forwarder.reserve(port);
    const socket = await dial(port);
    const sent = 'abcdefgh'.repeat(500_000);
    socket.end(sent);
    expect((await text(socket)).length).toBe(sent.length);
  });

  it('is closed to connections after its release', async () => {
    const port = await freeHostPort();
    await forwarder.reserve(port);
    await forwarder.release(port);
    await forwarder.release(port);
    await expect(dial(port)).rejects.toThrow('ECONNREFUSED');
  });

  it('may be asked for twice by an engine that restarted, also as 0.0.0.0', async () => {
    const port = await freeHostPort();
    await forwarder.reserve(port);
    await forwarder.reserve({ ...port, hostIp: '0.0.0.0' });
    (await dial(port)).destroy();
  });

  it('that another program holds is refused with its name', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port: hostPort } = other.address() as AddressInfo;
    await expect(forwarder.reserve({ protocol: 'tcp', hostIp: '', hostPort })).rejects.toThrow(/^port is already allocated by .*\(process \d+\)$|other user/);
    other.close();
    await once(other, 'close');
    await forwarder.reserve({ protocol: 'tcp', hostIp: '', hostPort });
  });

  it('on one address collides with the same port on all addresses', async () => {
    const port = await freeHostPort();
    await forwarder.reserve(port);
    await expect(forwarder.reserve({ ...port, hostIp: '127.0.0.1' })).rejects.toThrow('port is already allocated by another container');
  });

  it('listens on loopback alone unless an address is named', () => {
    expect(listenAddresses('')).toEqual(['127.0.0.1', '::1']);
    expect(listenAddresses('0.0.0.0')).toEqual(['127.0.0.1', '::1']);
    expect(listenAddresses('192.168.1.5')).toEqual(['192.168.1.5']);
  });

  it('resets connections that no container takes', async () => {
    const port = await freeHostPort();
    await forwarder.reserve(port);
    refuses = true;
    const socket = connect({ port: port.hostPort, host: '127.0.0.1' });
    // The reset may come before Node has told of the connection.
    const [error] = (await once(socket, 'close').then(() => [null], (reason: unknown) => [reason])) as [NodeJS.ErrnoException | null];
    expect(error?.code).toBe('ECONNRESET');
  });

  it('takes five hundred connections at once', async () => {
    const port = await freeHostPort();
    await forwarder.reserve(port);
    const answers = await Promise.all(
      Array.from({ length: 500 }, async (_, index) => {
        const socket = await dial(port);
        socket.end(`number ${index}`);
        return text(socket);
      }),
    );
    expect(answers).toEqual(Array.from({ length: 500 }, (_, index) => [...`number ${index}`].reverse().join('')));
  });

  it('is one of a thousand', async () => {
    // Below the ports that the kernel gives to connections: those of connections that have just ended cannot be listened on.
    const first = 10_000 + Math.floor(Math.random() * 20_000);
    const ports = Array.from({ length: 1000 }, (_, index): HostPort => ({ protocol: 'tcp', hostIp: '127.0.0.1', hostPort: first + index }));
    const taken = await Promise.all(ports.map((port) => forwarder.reserve(port).then(() => port, () => null)));
    // Somebody else may have a few of them.
    const own = taken.filter((port) => port !== null);
    expect(own.length).toBeGreaterThan(900);
    for (const port of own) {
      const socket = await dial(port);
      socket.end(String(port.hostPort));
      expect(await text(socket)).toBe([...String(port.hostPort)].reverse().join(''));
    }
    await Promise.all(own.map((port) => forwarder.release(port)));
    for (const port of own) await expect(dial(port)).rejects.toThrow('ECONNREFUSED');
  });

  it('on an address that this computer lacks says so', async () => {
    await expect(forwarder.reserve({ protocol: 'tcp', hostIp: '203.0.113.9', hostPort: 4711 })).rejects.toThrow('Port 4711 of 203.0.113.9 cannot be opened on this computer');
  });
});

describe('a published port with a lane', () => {
  const broken = async (socket: Socket) => ((await once(socket, 'error')) as [NodeJS.ErrnoException])[0].code;

  it('is asked for by it, and one that leads elsewhere ends what is open', async () => {
    const port: HostPort = { ...(await freeHostPort()), lane: 10_000 };
    await forwarder.reserve(port);
    const before = await dial(port);
    before.write('x');
    await expect.poll(() => targets).toEqual([{ kind: 'port', ...port }]);
    await forwarder.reserve(port);
    const ended = broken(before);
    await forwarder.reserve({ ...port, lane: 10_001 });
    expect(await ended).toBe('ECONNRESET');
    const after = await dial(port);
    after.end('yx');
    expect(await text(after)).toBe('xy');
    expect(targets.at(-1)).toEqual({ kind: 'port', ...port, lane: 10_001 });
  });

  it('ends what is open a while after its release: nobody is there any more', async () => {
    const port = await freeHostPort();
    await forwarder.reserve(port);
    const socket = await dial(port);
    await expect.poll(() => targets.length).toBe(1);
    const ended = broken(socket);
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    await forwarder.release(port);
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    expect(await ended).toBe('ECONNRESET');
  });
});

describe('the list of an engine that came back', () => {
  it('releases what is not on it and takes what is', async () => {
    const [kept, gone, fresh] = [await freeHostPort(), await freeHostPort(), await freeHostPort()];
    await forwarder.reserve(kept);
    await forwarder.reserve(gone);
    const talking = await dial(kept);
    await forwarder.sync([kept, fresh]);
    await expect(dial(gone)).rejects.toThrow('ECONNREFUSED');
    (await dial(fresh)).destroy();
    talking.end('still here');
    expect(await text(talking)).toBe('ereh llits');
  });
});

describe('a published UDP port', () => {
  /** Answers each datagram of a stream, backwards. */
  const container = () => {
    const opened: Duplex[] = [];
    const udp = new PortForwarder({
      openStream: (target) => {
        expect(target).toMatchObject({ kind: 'port', protocol: 'udp' });
        const splitter = new DatagramSplitter();
        const stream = new Duplex({
          read: () => undefined,
          write: (chunk: Buffer, _encoding, done) => {
            for (const datagram of splitter.push(chunk)) stream.push(encodeDatagram(Buffer.from([...datagram].reverse())));
            done();
          },
        });
        opened.push(stream);
        return Promise.resolve(stream);
      },
    });
    return { udp, opened };
  };
  const client = async (): Promise<UdpSocket> => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return socket;
  };
  const ask = async (socket: UdpSocket, port: HostPort, text: string): Promise<string> => {
    const answer = once(socket, 'message');
    socket.send(text, port.hostPort, '127.0.0.1');
    return String(((await answer) as [Buffer])[0]);
  };

  it('gives each client a stream of its own, and ends them with the port', async () => {
    const { udp, opened } = container();
    const port: HostPort = { ...(await freeHostPort()), protocol: 'udp' };
    await udp.reserve(port);
    const [one, two] = [await client(), await client()];
    expect([await ask(one, port, 'abc'), await ask(two, port, 'def'), await ask(one, port, 'ghi')]).toEqual(['cba', 'fed', 'ihg']);
    expect(opened).toHaveLength(2);
    await udp.release(port);
    expect(opened.every((stream) => stream.destroyed)).toBe(true);
    await udp.reserve(port);
    expect(await ask(one, port, 'again')).toBe('niaga');
    await udp.release(port);
    one.close();
    two.close();
  });

  it('that another program holds is refused with its name', async () => {
    const { udp } = container();
    const holder = await client();
    await expect(udp.reserve({ protocol: 'udp', hostIp: '', hostPort: holder.address().port })).rejects.toThrow(/^port is already allocated by .*\(process \d+\)$|other user/);
    holder.close();
  });
});
