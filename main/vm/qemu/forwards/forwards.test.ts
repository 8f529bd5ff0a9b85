import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RefusedByGuestError } from '../../driver.ts';
import { ForwardedConnections, TcpFlag } from '../../network-guard/forwarded-connections.ts';
import { Forwards } from './forwards.ts';

const { syn, ack, fin, rst } = TcpFlag;

/** Stands for QEMU: listens where it is told, takes each connection as slirp does, and shows the guard what its guest sends. */
let listeners: Map<number, Server>;
let lines: string[];
let taken: Socket[];
let connections: ForwardedConnections;
let forwards: Forwards;
/** What the guest does with a connection. */
let guest: (socket: Socket, say: (flags: number) => void) => void;

const answers: typeof guest = (socket, say) => {
  say(syn | ack);
  void text(socket).then((heard) => {
    say(fin | ack);
    socket.end([...heard].reverse().join(''));
  });
};

async function monitor(line: string): Promise<string> {
  lines.push(line);
  const [, verb, port, , guestPort] = /^hostfwd_(add|remove) net0 tcp:127\.0\.0\.1:(\d+)(-10\.0\.2\.15:(\d+))?$/.exec(line) ?? [];
  if (verb === 'remove') {
    listeners.get(Number(port))?.close();
    listeners.delete(Number(port));
    return 'host forwarding rule for tcp:127.0.0.1 removed\r\n';
  }
  if (guestPort === undefined) return `unknown command: '${line}'`;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    taken.push(socket);
    guest(socket, (flags) => connections.take(socket.remotePort!, flags));
  });
  server.listen({ port: Number(port), host: '127.0.0.1', backlog: 1 });
  await once(server, 'listening');
  listeners.set(Number(port), server);
  return '';
}

beforeEach(() => {
  [listeners, lines, taken, guest] = [new Map(), [], [], answers];
  connections = new ForwardedConnections();
  forwards = new Forwards({ monitor, connections });
});
afterEach(() => {
  vi.useRealTimers();
  for (const socket of taken) socket.destroy();
  for (const server of listeners.values()) server.close();
});

const ask = async (stream: Duplex, words: string) => {
  stream.end(words);
  return text(stream);
};

describe('a connection through a forward of QEMU', () => {
  it('is there once the guest took it, and carries both directions and half-closes', async () => {
    expect(await ask(await forwards.dial(10_000), 'hello')).toBe('olleh');
    expect(await ask(await forwards.dial(10_000), 'again')).toBe('niaga');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^hostfwd_add net0 tcp:127\.0\.0\.1:\d+-10\.0\.2\.15:10000$/);
  });

  it('is one of five hundred at once: never more than two wait to be taken by one listener', async () => {
    let knocking = 0;
    let most = 0;
    guest = (socket, say) => {
      most = Math.max(most, ++knocking);
      setImmediate(() => {
        knocking--;
        answers(socket, say);
      });
    };
    const words = Array.from({ length: 500 }, (_, index) => `number ${index}`);
    const heard = await Promise.all(words.map(async (word) => ask(await forwards.dial(10_000), word)));
    expect(heard).toEqual(words.map((word) => [...word].reverse().join('')));
    expect(lines).toHaveLength(8);
    expect(most).toBeLessThanOrEqual(16);
  });

  it('that the guest resets is refused, though slirp took it', async () => {
    guest = (socket, say) => {
      say(rst | ack);
      socket.end();
    };
    await expect(forwards.dial(10_000)).rejects.toThrow(RefusedByGuestError);
  });

  it('breaks where the guest reset it, though slirp ends it in order', async () => {
    guest = (socket, say) => {
      say(syn | ack);
      socket.write('half of', () => {
        say(rst);
        socket.end();
      });
    };
    const stream = await forwards.dial(10_000);
    let heard = '';
    stream.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    await expect(once(stream, 'end')).rejects.toThrow('the connection in the VM was reset');
    expect(heard).toBe('half of');
  });

  it('breaks where QEMU ends', async () => {
    guest = (_socket, say) => say(syn | ack);
    const stream = await forwards.dial(10_000);
    const broken = once(stream, 'end');
    stream.resume();
    for (const socket of taken) socket.destroy();
    await expect(broken).rejects.toThrow('the connection in the VM was reset');
  });

  it('that QEMU does not forward is an error, for all who wait', async () => {
    const refusing = new Forwards({ monitor: () => Promise.resolve('could not set up host forwarding rule'), connections });
    const refused = await Promise.allSettled(Array.from({ length: 10 }, () => refusing.dial(10_000)));
    expect(refused.map((result) => result.status === 'rejected' && (result.reason as Error).message)).toEqual(Array(10).fill('QEMU forwards no port: could not set up host forwarding rule'));
  });
});

describe('the listeners of QEMU', () => {
  it('are of no more ports than a few, and go when nobody has come for a while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    for (let port = 10_000; port < 10_040; port++) expect(await ask(await forwards.dial(port), 'ab')).toBe('ba');
    expect(listeners.size).toBe(32);
    const stream = await forwards.dial(10_039);
    vi.advanceTimersByTime(60_000);
    await expect.poll(() => listeners.size).toBe(0);
    expect(await ask(stream, 'still there')).toBe('ereht llits');
    expect(await ask(await forwards.dial(10_039), 'ab')).toBe('ba');
  });
});
