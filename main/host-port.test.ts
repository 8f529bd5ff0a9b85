import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { lookUpHostPort } from './host-port.ts';

test.each(['0.0.0.0', '127.0.0.1'])('a port that a program listens on at %s is taken until it ends', async (host) => {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const found = await lookUpHostPort(port);
  expect(found.isTaken).toBe(true);
  if (process.platform === 'linux') expect(found.program).toMatch(new RegExp(`\\(process ${process.pid}\\)$`));
  server.close();
  await once(server, 'close');
  expect(await lookUpHostPort(port)).toEqual({ isTaken: false });
});
