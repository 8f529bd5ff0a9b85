import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QmpClient, type QmpEvent } from './qmp-client.ts';

let folder: string;
let server: Server;
let connection: Promise<Socket>;
const sockets: Socket[] = [];
const path = () => join(folder, 'qmp.sock');
const soon = () => AbortSignal.timeout(20_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-qmp-'));
  server = createServer((socket) => sockets.push(socket));
  connection = once(server, 'connection').then(([socket]) => socket as Socket);
  server.listen(path());
  await once(server, 'listening');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Greets, and answers each command by `answer`. */
async function serve(answer: (command: { execute: string; id: number; arguments?: unknown }) => string) {
  const socket = await connection;
  socket.write('{"QMP": {"version": {}}}\n');
  socket.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.trim().split('\n')) socket.write(answer(JSON.parse(line) as { execute: string; id: number }));
  });
  return socket;
}
const agree = ({ id }: { id: number }) => `{"return": {}, "id": ${id}}\n`;

describe('QMP', () => {
  it('negotiates, answers by id and passes events on, however the bytes are cut', async () => {
    const connecting = QmpClient.connect(path(), soon());
    const socket = await serve((command) => (command.execute === 'query-status' ? `{"return": {"status": "running"}, "id": ${command.id}}\n` : agree(command)));
    const client = await connecting;
    const events: QmpEvent[] = [];
    client.onEvent((event) => events.push(event));
    const status = client.execute('query-status');
    socket.write('{"event": "VSERPORT_');
    socket.write('CHANGE", "data": {"open": true, "id": "channel0"}}\n');
    expect(await status).toEqual({ status: 'running' });
    await client.execute('nothing');
    expect(events).toEqual([{ event: 'VSERPORT_CHANGE', data: { open: true, id: 'channel0' } }]);
    client.close();
  });

  it('rejects what QEMU refuses, with its words', async () => {
    const connecting = QmpClient.connect(path(), soon());
    await serve((command) => (command.execute === 'cont' ? `{"error": {"class": "GenericError", "desc": "no space"}, "id": ${command.id}}\n` : agree(command)));
    const client = await connecting;
    await expect(client.execute('cont')).rejects.toThrow('cont: no space');
    client.close();
  });

  it('rejects what is under way when QEMU ends', async () => {
    const connecting = QmpClient.connect(path(), soon());
    const socket = await serve((command) => (command.execute === 'quit' ? '' : agree(command)));
    const client = await connecting;
    const quit = client.execute('quit');
    socket.destroy();
    await expect(quit).rejects.toThrow('QEMU closed its control socket');
    await expect(client.execute('cont')).rejects.toThrow('QEMU closed');
  });

  it('gives up on something that is not QEMU', async () => {
    await expect(QmpClient.connect(path(), AbortSignal.timeout(50))).rejects.toThrow('no greeting');
    const talking = QmpClient.connect(path(), soon());
    server.once('connection', (socket: Socket) => socket.write('SSH-2.0-OpenSSH\n'));
    await expect(talking).rejects.toThrow();
    await expect(QmpClient.connect(join(folder, 'nothing.sock'), soon())).rejects.toThrow('ENOENT');
  });
});
