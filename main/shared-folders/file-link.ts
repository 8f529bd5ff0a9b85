import { MessageSplitter, sessionIdSize } from '../../contract/channel/shared-files.ts';
import type { ChannelStream } from '../../contract/channel/stream.ts';
import { maxRequest, opcodes, readU64 } from './fuse/wire.ts';

/** What a link serves with. */
export interface Server {
  handle(message: Buffer): Buffer | null | Promise<Buffer>;
  /** A mount begins, or one goes on that this server does not know yet. */
  begin(session: string): void;
}

/** Done a second time these would do something else, or fail. */
const once = new Set<number>([opcodes.SYMLINK, opcodes.MKNOD, opcodes.MKDIR, opcodes.UNLINK, opcodes.RMDIR, opcodes.RENAME, opcodes.RENAME2, opcodes.LINK, opcodes.OPEN, opcodes.OPENDIR, opcodes.CREATE, opcodes.WRITE]);
/** Answers that are kept in case that they were lost; no more requests than these are under way. */
const mostKept = 2048;

/**
 * One mount in the guest, over as many streams as it takes: a stream breaks when the VM is suspended, and the guest comes back with another one. What it asks again
 * because no answer came is not done again.
 */
export class FileLink {
  readonly #server: Server;
  readonly #kept = new Map<number, Buffer>();
  #session = '';
  #stream: ChannelStream | null = null;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Which mount it is, as the guest says; empty before the first. */
  get session(): string {
    return this.#session;
  }

  /** The guest opened a stream. */
  take(stream: ChannelStream): void {
    this.#stream?.reset('another stream took its place');
    this.#stream = stream;
    const splitter = new MessageSplitter(maxRequest);
    let greeting: Buffer | null = Buffer.alloc(0);
    const gone = () => {
      if (this.#stream === stream) this.#stream = null;
    };
    stream.events = {
      data: (chunk) => {
        let bytes = chunk;
        if (greeting !== null) {
          greeting = Buffer.concat([greeting, bytes]);
          if (greeting.length < sessionIdSize) return stream.consumed(chunk.length);
          this.#greet(greeting.toString('hex', 0, sessionIdSize));
          bytes = greeting.subarray(sessionIdSize);
          greeting = null;
        }
        try {
          for (const message of splitter.push(bytes)) this.#request(Buffer.from(message.buffer, message.byteOffset, message.length));
        } catch (error) {
          stream.reset(error instanceof Error ? error.message : String(error));
          gone();
          return;
        }
        stream.consumed(chunk.length);
      },
      end: () => {
        stream.end();
        gone();
      },
      reset: gone,
    };
    stream.accept();
  }

  /** What answers nothing; lost while no stream is open, when the kernel believes nothing for longer than a second anyway. */
  send(message: Uint8Array): void {
    this.#stream?.write(message, () => undefined);
  }

  #greet(session: string): void {
    if (session === this.#session) return;
    this.#session = session;
    this.#kept.clear();
    this.#server.begin(session);
  }

  #request(message: Buffer): void {
    if (message.length < 40) throw new RangeError(`a request of ${message.length} bytes`);
    const unique = readU64(message, 8);
    const kept = this.#kept.get(unique);
    if (kept !== undefined) return this.send(kept);
    const isOnce = once.has(message.readUInt32LE(4));
    const done = (answer: Buffer) => {
      if (isOnce) this.#keep(unique, answer);
      this.send(answer);
    };
    const answer = this.#server.handle(message);
    if (answer instanceof Promise) void answer.then(done);
    else if (answer !== null) done(answer);
  }

  #keep(unique: number, answer: Buffer): void {
    this.#kept.set(unique, answer);
    if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value!);
  }
}
