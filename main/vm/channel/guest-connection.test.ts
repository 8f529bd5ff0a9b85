import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeGuest, healthyEngine } from '../testing/fake-guest.ts';
import type { GuestTarget } from '../vm.ts';
import { callEngine } from './engine-call.ts';
import { GuestConnection } from './guest-connection.ts';

vi.setConfig({ testTimeout: 30_000 });

const key = Buffer.alloc(32, 7);
const echo: GuestTarget = { kind: 'port', protocol: 'tcp', hostIp: '', hostPort: 7 };
let folder: string;
let guest: FakeGuest;
let connection: GuestConnection;
let changes: boolean[];
let lines: string[];

async function open(guestKey = key) {
  const paths = [0, 1].map((index) => join(folder, `channel-${index}.sock`));
  guest = await FakeGuest.listen(paths, () => guestKey, healthyEngine());
  changes = [];
  lines = [];
  connection = new GuestConnection({ paths, key, authority: () => null, log: (line) => lines.push(line), onChange: (connected) => changes.push(connected) });
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-channel-'));
});
afterEach(async () => {
  connection.close();
  await guest.close();
  await rm(folder, { recursive: true, force: true });
});
const ping = () => callEngine(() => connection.openStream({ kind: 'api' }), 'GET', '/_ping', AbortSignal.timeout(20_000));

describe('the connection to the guest', () => {
  it('carries two hundred requests at once', async () => {
    await open();
    const answers = await Promise.all(Array.from({ length: 200 }, ping));
    expect(answers.every(({ status, body }) => status === 200 && body === 'OK')).toBe(true);
    expect(changes).toEqual([true]);
  });

  it('spreads streams over all ports', async () => {
    await open();
    const streams: Duplex[] = [];
    const counts = () => guest.sessions.map((session) => session.streamCount);
    // The second port may still be shaking hands; once it is up it catches up.
    while (counts().length < 2 || counts()[0] !== counts()[1]) streams.push(await connection.openStream(echo));
    for (let i = 0; i < 20; i++) streams.push(await connection.openStream(echo));
    expect(counts()).toEqual([streams.length / 2, streams.length / 2]);
    for (const stream of streams) stream.destroy();
  });

  it('keeps half-closes: the answer comes after the question has ended', async () => {
    await open();
    const stream = await connection.openStream(echo);
    stream.end('half');
    expect(await text(stream)).toBe('half');
  });

  it('holds back a writer whose reader does not read', async () => {
    await open();
    const stream = await connection.openStream(echo);
    let written = 0;
    const chunk = Buffer.alloc(64 * 1024);
    while (stream.write(chunk)) written += chunk.length;
    // The echo comes back and is not read: the window of each direction and the buffers are all that fits.
    for (let quiet = 0; quiet < 3; ) {
      const before = written;
      await new Promise((resolve) => setTimeout(resolve, 20));
      while (!stream.writableNeedDrain && stream.write(chunk)) written += chunk.length;
      quiet = written === before ? quiet + 1 : 0;
    }
    expect(written).toBeLessThan(2 * 1024 * 1024);
    stream.destroy();
  });

  it('refuses what the guest refuses, with its reason', async () => {
    await open();
    await expect(connection.openStream({ ...echo, hostPort: 8080 })).rejects.toThrow('no container publishes 8080');
  });

  it('makes new streams wait for an engine that is started again, and resets the old ones', async () => {
    await open();
    const old = await connection.openStream(echo);
    const lost = once(old, 'error');
    guest.killEngine();
    connection.engineGone();
    const error = await lost;
    expect((error[0] as Error).message).toContain('the guest channel was lost');
    const waiting = ping();
    guest.startEngine();
    expect((await waiting).status).toBe(200);
    expect(changes).toEqual([true, false, true]);
    expect(lines).toContain('guest channel: the engine closed the port');
  });

  it.each(['leaves because it was told to', 'is left by this side'])('says nothing of an engine that %s', async (how) => {
    await open();
    await ping();
    if (how === 'is left by this side') connection.close();
    else {
      connection.expectLeave();
      guest.killEngine();
      connection.engineGone();
      expect(changes).toEqual([true, false]);
    }
    await expect.poll(() => guest.sessions.length).toBe(0);
    expect(lines).toEqual([]);
  });

  it('opens nothing for a guest with another key', async () => {
    await open(Buffer.alloc(32, 8));
    const waiting = connection.openStream({ kind: 'api' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    connection.close();
    await expect(waiting).rejects.toThrow('The VM has been stopped');
    expect(changes).toEqual([]);
  });
});
