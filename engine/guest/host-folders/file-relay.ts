import { randomBytes } from 'node:crypto';
import { MessageSplitter, sessionIdSize } from '../../../contract/channel/shared-files.ts';
import type { ChannelSession } from '../../../contract/channel/session.ts';
import type { ChannelStream } from '../../../contract/channel/stream.ts';
import { encodeTarget } from '../../../contract/channel/target.ts';

/** Requests that get no answer. Source: include/uapi/linux/fuse.h. */
const unanswered = new Set([2, 42]);
/** One that asks to give up another; the host does all in one go. */
const FUSE_INTERRUPT = 36;
/** A READ with all its bytes. */
const largestAnswer = 1024 * 1024 + 4096;
const retryMs = 200;

export interface RelayOptions {
  /** To the kernel. */
  answer(message: Uint8Array): void;
  /** What the host tells by itself. */
  notice(message: Uint8Array): void;
  log(line: string): void;
}

/**
 * Carries the kernel's requests to the host and the answers back. A stream that breaks (a VM that is suspended, an app that begins anew) is opened again; what was not
 * answered is asked again over it, so the kernel, and whoever waits for it, sees a pause.
 */
export class FileRelay {
  readonly #options: RelayOptions;
  readonly #id = randomBytes(sessionIdSize);
  /** In order, by the kernel's number. */
  readonly #waiting = new Map<bigint, Uint8Array>();
  #session: ChannelSession | null = null;
  #stream: ChannelStream | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** @param message whole, and the relay's from now on */
  request(message: Buffer): void {
    const opcode = message.readUInt32LE(4);
    const unique = message.readBigUInt64LE(8);
    if (opcode === FUSE_INTERRUPT) return this.#refuse(unique);
    if (!unanswered.has(opcode)) this.#waiting.set(unique, message);
    this.#stream?.write(message, () => undefined);
  }

  /** The way to the host is there. */
  attach(session: ChannelSession): void {
    clearTimeout(this.#timer);
    this.#session = session;
    const splitter = new MessageSplitter(largestAnswer);
    const stream = session.open(encodeTarget({ kind: 'files' }));
    this.#stream = stream;
    const gone = (reason: string) => {
      if (this.#stream !== stream) return;
      this.#stream = null;
      this.#options.log(`shared folders: ${reason}`);
      this.#timer = setTimeout(() => {
        if (this.#session === session && !session.closedDown) this.attach(session);
      }, retryMs);
    };
    stream.events = {
      data: (chunk) => {
        try {
          for (const message of splitter.push(chunk)) this.#receive(message);
          stream.consumed(chunk.length);
        } catch (error) {
          stream.reset(String(error));
          gone(String(error));
        }
      },
      end: () => {
        stream.end();
        gone('the host ended the stream');
      },
      reset: gone,
    };
    stream.write(this.#id, () => undefined);
    for (const message of this.#waiting.values()) stream.write(message, () => undefined);
  }

  #receive(message: Uint8Array): void {
    const unique = new DataView(message.buffer, message.byteOffset, message.length).getBigUint64(8, true);
    if (unique === 0n) this.#options.notice(message);
    else if (this.#waiting.delete(unique)) this.#options.answer(message);
  }

  #refuse(unique: bigint): void {
    const message = Buffer.alloc(16);
    message.writeUInt32LE(16, 0);
    // ENOSYS: the kernel asks no more.
    message.writeInt32LE(-38, 4);
    message.writeBigUInt64LE(unique, 8);
    this.#options.answer(message);
  }
}
