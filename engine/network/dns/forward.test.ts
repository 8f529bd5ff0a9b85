import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { forward } from './forward.ts';
import { decodeQuery, decodeReply, encodeAnswer, encodeQuery, RecordType, ResponseCode } from './message.ts';
import { DnsFrames, frame } from './tcp-frames.ts';

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

const query = encodeQuery(77, { name: 'example.org', type: RecordType.a, class: 1 });
const signal = new AbortController().signal;
const answerWith = (address: string) => (message: Buffer) => [encodeAnswer(decodeQuery(message)!, [{ type: RecordType.a, address }], { ttl: 5 })];
const refuseWith = (code: number) => (message: Buffer) => [encodeAnswer(decodeQuery(message)!, [], { ttl: 5, code })];

/** A server on loopback that sends `replies` to whatever comes. */
async function serveUdp(replies: (message: Buffer) => Buffer[], seen: Buffer[] = []): Promise<string> {
  const socket = createSocket('udp4').on('message', (message, from) => {
    seen.push(message);
    for (const reply of replies(message)) socket.send(reply, from.port, from.address);
  });
  cleanups.push(() => socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return `127.0.0.1:${socket.address().port}`;
}

async function serveTcp(replies: (message: Buffer) => Buffer[]): Promise<string> {
  const server = createServer((connection) => {
    const frames = new DnsFrames();
    connection.on('error', () => undefined);
    connection.on('data', (chunk: Buffer) => {
      for (const message of frames.push(chunk)) {
        // Byte by byte: a message may come in any number of pieces.
        for (const reply of replies(message)) for (const byte of frame(reply)) connection.write(Buffer.from([byte]));
      }
    });
  });
  cleanups.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const addresses = (reply: Buffer | null) => decodeReply(reply!)!.answers;

describe('forwarding', () => {
  it('asks under an id of its own and answers under the client’s', async () => {
    const seen: Buffer[] = [];
    const server = await serveUdp(answerWith('192.0.2.1'), seen);
    for (let count = 0; count < 5; count += 1) {
      expect(decodeReply((await forward(query, [server], { transport: 'udp', signal }))!)).toMatchObject({ id: 77, answers: [{ address: '192.0.2.1' }] });
    }
    expect(new Set(seen.map((message) => message.readUInt16BE(0))).size).toBeGreaterThan(1);
  });

  it('goes by TCP for clients that came by TCP', async () => {
    const server = await serveTcp(answerWith('192.0.2.2'));
    expect(addresses(await forward(query, [server], { transport: 'tcp', signal }))).toEqual([{ type: 1, address: '192.0.2.2' }]);
  });

  it('passes over servers that are silent, away, failing or refusing', async () => {
    const silent = await serveUdp(() => []);
    const good = await serveUdp(answerWith('192.0.2.3'));
    const failing = await serveUdp(refuseWith(ResponseCode.serverFailure));
    expect(addresses(await forward(query, [silent, good], { transport: 'udp', signal, timeout: 50 }))).toHaveLength(1);
    expect(addresses(await forward(query, ['127.0.0.1:1', good], { transport: 'udp', signal }))).toHaveLength(1);
    expect(addresses(await forward(query, ['127.0.0.1:1', await serveTcp(answerWith('192.0.2.3'))], { transport: 'tcp', signal }))).toHaveLength(1);
    expect(addresses(await forward(query, [failing, good], { transport: 'udp', signal }))).toHaveLength(1);
  });

  it('believes a server that knows no such name', async () => {
    const none = await serveUdp(refuseWith(ResponseCode.nameError));
    const other = await serveUdp(answerWith('192.0.2.4'));
    expect(decodeReply((await forward(query, [none, other], { transport: 'udp', signal }))!)).toMatchObject({ code: ResponseCode.nameError });
  });

  it('ignores forged replies and takes the true one', async () => {
    const server = await serveUdp((message) => {
      const wrongId = answerWith('203.0.113.1')(message)[0]!;
      wrongId.writeUInt16BE(wrongId.readUInt16BE(0) ^ 1, 0);
      const wrongName = encodeAnswer(decodeQuery(encodeQuery(message.readUInt16BE(0), { name: 'evil.example', type: 1, class: 1 }))!, [{ type: 1, address: '203.0.113.2' }], { ttl: 5 });
      return [wrongId, wrongName, Buffer.from('junk'), ...answerWith('192.0.2.5')(message)];
    });
    expect(addresses(await forward(query, [server], { transport: 'udp', signal }))).toEqual([{ type: 1, address: '192.0.2.5' }]);
  });

  it('has no answer when nobody has one, and the last refusal when there was one', async () => {
    expect(await forward(query, [], { transport: 'udp', signal })).toBeNull();
    expect(await forward(query, ['127.0.0.1:1'], { transport: 'tcp', signal })).toBeNull();
    const refusing = await serveUdp(refuseWith(ResponseCode.refused));
    expect(decodeReply((await forward(query, [refusing], { transport: 'udp', signal }))!)).toMatchObject({ id: 77, code: ResponseCode.refused });
  });

  it('ends with its signal', async () => {
    const silent = await serveUdp(() => []);
    const controller = new AbortController();
    const pending = forward(query, [silent, silent], { transport: 'udp', signal: controller.signal });
    controller.abort(new Error('closed'));
    await expect(pending).rejects.toThrow('closed');
  });
});

describe('TCP frames', () => {
  it('come out whole however the bytes were cut', () => {
    const bytes = Buffer.concat([frame(Buffer.from('one')), frame(Buffer.alloc(0)), frame(Buffer.from('three'))]);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const frames = new DnsFrames();
      const messages: string[] = [];
      for (let at = 0; at < bytes.length; at += cut) messages.push(...frames.push(bytes.subarray(at, at + cut)).map(String));
      expect(messages).toEqual(['one', '', 'three']);
    }
  });
});
