import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeReplay, MessageSplitter, parseReplay } from '../../contract/channel/shared-files.ts';
import type { ChannelStream, StreamEvents } from '../../contract/channel/stream.ts';
import { FileLink } from './file-link.ts';
import { answer, opcodes, writeU64 } from './fuse/wire.ts';

/** The guest's end, as far as a link uses it. */
function guestStream() {
  const sent: Buffer[] = [];
  const stream = { events: null as StreamEvents | null, resets: [] as string[], accept: () => undefined, consumed: () => undefined, end: () => undefined, reset: (reason: string) => stream.resets.push(reason), write: (bytes: Uint8Array) => sent.push(Buffer.from(bytes)) };
  return { stream, sent, say: (...parts: Uint8Array[]) => stream.events?.data(Buffer.concat(parts)) };
}

function request(opcode: number, unique: number): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.writeUInt32LE(40, 0);
  bytes.writeUInt32LE(opcode, 4);
  writeU64(bytes, unique, 8);
  return bytes;
}

function server() {
  const done: string[] = [];
  return { done, begin: () => void done.push('reset'), handle: (message: Buffer) => (done.push(`${message.readUInt32LE(4)} ${message.readUInt32LE(8)}`), answer(message.readUInt32LE(8), 8)) };
}

const id = Buffer.alloc(16, 7);
const take = (link: FileLink) => {
  const guest = guestStream();
  link.take(guest.stream as unknown as ChannelStream);
  return guest;
};

it('does nothing a second time that is asked again over another stream, and answers all the same', () => {
  const files = server();
  const link = new FileLink(files);
  const first = take(link);
  first.say(id, request(opcodes.MKDIR, 2), request(opcodes.GETATTR, 4));
  expect(files.done).toEqual(['reset', '9 2', '3 4']);
  const second = take(link);
  expect(first.stream.resets).toHaveLength(1);
  second.say(id, request(opcodes.MKDIR, 2), request(opcodes.GETATTR, 4), request(opcodes.UNLINK, 6));
  expect(files.done.slice(3)).toEqual(['3 4', '10 6']);
  expect(second.sent.map((bytes) => bytes.readUInt32LE(8))).toEqual([2, 4, 6]);
});

it('takes another mount for another one', () => {
  const files = server();
  const link = new FileLink(files);
  take(link).say(id, request(opcodes.MKDIR, 2));
  take(link).say(Buffer.alloc(16, 8), request(opcodes.MKDIR, 2));
  expect(files.done).toEqual(['reset', '9 2', 'reset', '9 2']);
});

it.each([0, 3, 39, 2 ** 31])('gives up a stream with a message of %d bytes', (length) => {
  const link = new FileLink(server());
  const guest = take(link);
  const bytes = request(opcodes.GETATTR, 2);
  bytes.writeUInt32LE(length, 0);
  guest.say(id, bytes);
  expect(guest.stream.resets).toHaveLength(1);
});

it('messages survive any way of being cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (bodies, cuts) => {
      const messages = bodies.map((body) => {
        const bytes = Buffer.alloc(16 + body.length);
        bytes.writeUInt32LE(bytes.length, 0);
        bytes.set(body, 16);
        return bytes;
      });
      const all = Buffer.concat(messages);
      const splitter = new MessageSplitter(100);
      const got: string[] = [];
      for (let at = 0, turn = 0; at < all.length; turn++) {
        const size = cuts[turn % cuts.length]!;
        got.push(...splitter.push(all.subarray(at, at + size)).map((bytes) => Buffer.from(bytes).toString('hex')));
        at += size;
      }
      expect(got).toEqual(messages.map((bytes) => bytes.toString('hex')));
    }),
  );
});

it('tells a replay from what is the kernel’s', () => {
  expect(parseReplay(encodeReplay('removed-folder', Buffer.from('/a/b')))).toEqual({ kind: 'removed-folder', path: new Uint8Array(Buffer.from('/a/b')) });
  expect(parseReplay(answer(0, 24))).toBeNull();
});
