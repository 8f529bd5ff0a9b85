import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';

type Call = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: string }>;

/**
 * A program of 246 bytes for Linux on x86-64 that sends every datagram on port 53 back to where it came from: socket(2, 2, 0);
 * bind(fd, {2, 53, 0}, 16); then recvfrom and sendto for ever. The image that is there has no tool that answers UDP.
 */
const udpEcho = Buffer.from(
  'f0VMRgIBAQAAAAAAAAAAAAIAPgABAAAAeABAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAEAAOAABAAAAAAAAAAEAAAAHAAAAAAAAAAAAAAAAAEAAAAAAAAAAQAAAAAAA9gAAAAAAAAAAIAAAAAAAAAAQAAAAAAAAailYagJfagJeMdIPBYnDid9IjTVSAAAAahBaajFYDwWJ30yNJVUAAABMiea63AUAAEUx0kyNBS8AAABMjQ04AAAAQccBEAAAAGotWA8FicKJ30yJ5kUx0kyNBQsAAABqEEFZaixYDwXrtgIAADUAAAAAAAAAAAAAAAAQAAAA',
  'base64',
);
/** As printf(1) of any shell writes them. */
const octal = (bytes: Buffer) => [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

/** What only the VM shows of networks: ports by way of the channel. Registers its tests with the running VM's engine. */
export function networksSuite(engine: Call): void {
  async function start(name: string, request: Record<string, unknown>): Promise<void> {
    expect(await engine('POST', `/containers/create?name=${name}`, { Image: 'slipway/hello', Entrypoint: ['sh', '-c'], ...request })).toMatchObject({ status: 201 });
    expect(await engine('POST', `/containers/${name}/start`)).toEqual({ status: 204, body: '' });
  }
  const removeAll = (...names: string[]) => Promise.all(names.map((name) => engine('DELETE', `/containers/${name}?force=1`)));

  describe('networks', () => {
    it.skipIf(process.arch !== 'x64')('carry UDP from this computer to a container and back, for several clients', async () => {
      const probe = createSocket('udp4').bind(0, '127.0.0.1');
      await once(probe, 'listening');
      const { port } = probe.address() as AddressInfo;
      await new Promise<void>((resolve) => probe.close(resolve));
      await start('echo', { Cmd: [`printf '${octal(udpEcho)}' > /tmp/echo && chmod +x /tmp/echo && exec /tmp/echo`], HostConfig: { PortBindings: { '53/udp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } } });
      const clients = [createSocket('udp4'), createSocket('udp4')];
      try {
        const answers = await Promise.all(clients.map((client, index) => ask(client, port, `client ${index} ${'x'.repeat(1000)}`)));
        expect(answers.map((answer) => answer.slice(0, 8))).toEqual(['client 0', 'client 1']);
        expect(answers.map(({ length }) => length)).toEqual([1009, 1009]);
      } finally {
        for (const client of clients) client.close();
        await removeAll('echo');
      }
    });
  });
}

/** Asks until there is an answer: the server takes its time to start, and datagrams may be lost. */
async function ask(client: Socket, port: number, question: string): Promise<string> {
  const answer = once(client, 'message').then(([message]) => String(message));
  const again = setInterval(() => client.send(question, port, '127.0.0.1'), 500);
  try {
    return await answer;
  } finally {
    clearInterval(again);
  }
}
