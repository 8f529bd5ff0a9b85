import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { rootCertificates } from 'node:tls';
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
    it('take this computer’s proxies, authorities and search domains over, and give them back', async () => {
      const take = (network: object) => engine('PUT', '/slipway/host-network', network);
      const info = async () => {
        const { HttpProxy, NoProxy } = JSON.parse((await engine('GET', '/info')).body) as Record<string, string>;
        return { HttpProxy, NoProxy };
      };
      expect(await take({ Proxies: { Http: 'http://jo:secret@proxy.invalid:3128', No: '.corp' }, Certificates: rootCertificates.slice(0, 2), Search: ['corp.example'] })).toEqual({ status: 204, body: '' });
      expect(await info()).toEqual({ HttpProxy: 'http://xxxxx:xxxxx@proxy.invalid:3128/', NoProxy: '.corp' });
      await start('seen', { Cmd: ['cat /etc/resolv.conf'], Tty: true });
      await engine('POST', '/containers/seen/wait');
      expect((await engine('GET', '/containers/seen/logs?stdout=1')).body).toMatch(/^search corp\.example\r?$/m);
      await removeAll('seen');
      expect(await take({ Certificates: ['none'] })).toMatchObject({ status: 400 });
      expect(await take({})).toEqual({ status: 204, body: '' });
      expect(await info()).toEqual({ HttpProxy: '', NoProxy: '' });
    });

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

    it.each(['macvlan', 'ipvlan'])('%s gives a container an eth0, beside the eth0 of the VM', async (driver) => {
      const subnet = { Subnet: '10.77.0.0/24' };
      expect(await engine('POST', '/networks/create', { Name: driver, Driver: driver, Options: { parent: 'eth0' }, IPAM: { Config: [subnet] } })).toMatchObject({ status: 201 });
      await start(`on-${driver}`, { Cmd: ['ip -o -4 addr show eth0'], HostConfig: { NetworkMode: driver } });
      expect(await engine('POST', `/containers/on-${driver}/wait`)).toMatchObject({ status: 200 });
      expect((await engine('GET', `/containers/on-${driver}/logs?stdout=1`)).body).toContain('inet 10.77.0.2/24');
      await removeAll(`on-${driver}`);
      expect(await engine('DELETE', `/networks/${driver}`)).toMatchObject({ status: 204 });
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
