import { afterAll, beforeAll, expect, test } from 'vitest';
import { listLinks, setUp } from './links.ts';
import { NetlinkSocket } from './netlink-socket.ts';

const loopbackIndex = 1;
let socket: NetlinkSocket;
beforeAll(() => {
  socket = new NetlinkSocket();
});
afterAll(() => socket.close());

test('who reads the socket while a change is under way leaves its answer to it', async () => {
  for (let round = 0; round < 20; round += 1) {
    const changed = socket.change([setUp(loopbackIndex, 'bring up loopback')]);
    // Its turn has come; it is sent by another thread while this one only reads.
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    for (let look = 0; look < 100; look += 1) listLinks(socket);
    await changed;
  }
  const refused = socket.change([setUp(999_999, 'bring up nothing')]);
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  for (let look = 0; look < 100; look += 1) listLinks(socket);
  await expect(refused).rejects.toThrow(/bring up nothing/);
});
