import type { Socket } from 'node:net';
import { encodeStdHeader } from '../../contract/stdcopy.ts';
import { duplicate } from '../lib/syscalls/process.ts';
import { FdWriter } from './fd-stream.ts';
import type { OutputStream } from './log/file-log.ts';
import type { AttachRequest } from './protocol.ts';
import { descriptorOf } from './socket-descriptor.ts';

/** The engine sends what one read gives it; anything near this is not from the engine. */
const maxInputFrame = 16 * 1024 * 1024;

export interface AttachmentEvents {
  /** @returns false when the process does not take more for now: the attacher is held up until {@link Attachment.resumeInput}. */
  onInput(bytes: Buffer): boolean;
  onInputEnd(): void;
  /** The attacher has caught up after {@link Attachment.full}. */
  onDrain(): void;
  onClose(): void;
}

/**
 * One joined client of a process. An attacher that reads slowly holds the process up, as with dockerd, once the buffers of
 * its connection are full: nothing is lost and memory stays bounded. One that is gone is dropped at once.
 */
export class Attachment {
  readonly #socket: Socket;
  readonly #output: FdWriter;
  readonly #wants: AttachRequest;
  readonly #multiplexed: boolean;
  readonly #events: AttachmentEvents;
  #input: Buffer = Buffer.alloc(0);

  /** @param socket on which nothing waits to be written: output goes past it, straight to its descriptor */
  constructor(socket: Socket, wants: AttachRequest, multiplexed: boolean, events: AttachmentEvents) {
    this.#socket = socket;
    this.#wants = wants;
    this.#multiplexed = multiplexed;
    this.#events = events;
    this.#output = new FdWriter(duplicate(descriptorOf(socket)), { onDrain: () => events.onDrain(), onClose: () => socket.destroy() });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => socket.destroy());
    // What clients do (reset, vanish) is no fault of ours: `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#output.close();
      events.onClose();
    });
  }

  /** Bytes wait for it, so it must not get more: at most one read of the process's output lies here. */
  get full(): boolean {
    return this.#output.waiting > 0;
  }

  /** True when this attacher waits for output, and has nothing more to wait for once that has ended. */
  get wantsOutput(): boolean {
    return this.#wants.stdout || this.#wants.stderr;
  }

  /** @param withHeadroom the chunk with room for a frame's header before it */
  write(stream: OutputStream, chunk: Buffer, withHeadroom: Buffer): void {
    if (!this.#wants[stream]) return;
    if (!this.#multiplexed) {
      this.#output.write(chunk);
      return;
    }
    withHeadroom.set(encodeStdHeader(stream, chunk.length));
    this.#output.write(withHeadroom);
  }

  resumeInput(): void {
    this.#socket.resume();
    this.#parse();
  }

  /** Ends the stream after what was written; nothing more is read from it. */
  end(): void {
    this.#output.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    // Also without stdin something must be read, or the end of the connection would go unnoticed.
    if (!this.#wants.stdin) return;
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
    this.#parse();
  }

  /** Frames of `[length uint32][bytes]`; length 0 is the end of stdin. */
  #parse(): void {
    while (this.#input.length >= 4) {
      const length = this.#input.readUInt32BE(0);
      if (length > maxInputFrame) {
        this.#socket.destroy();
        return;
      }
      if (this.#input.length - 4 < length) return;
      const bytes = this.#input.subarray(4, 4 + length);
      this.#input = this.#input.subarray(4 + length);
      if (length === 0) {
        this.#events.onInputEnd();
      } else if (!this.#events.onInput(bytes)) {
        this.#socket.pause();
        return;
      }
    }
  }
}
