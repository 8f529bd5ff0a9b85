import type { Socket } from 'node:net';
import { duplicate, setNonBlocking, setTerminalSize } from '../lib/syscalls/process.ts';
import { Attachment } from './attachment.ts';
import { FdReader, FdWriter } from './fd-stream.ts';
import { FileLog, type OutputStream } from './log/file-log.ts';
import type { AttachRequest, LogTarget } from './protocol.ts';
import type { ShimSide } from './stdio.ts';

/** The engine that launched it attaches at once; on a machine that is very busy that took more than ten seconds, and the output was lost. */
const attachPatience = 60_000;

export interface ProcessIoOptions {
  /** Without it what attachers write goes nowhere. */
  openStdin: boolean;
  stdinOnce: boolean;
  log: LogTarget | null;
  /** Output waits for the first attacher, who comes right after the launch. */
  awaitAttach: boolean;
  /** Everything that the process and its children can still say has been read. */
  onOutputEnd: () => void;
}

/**
 * The stdio of one process: reads its output into the log and to the attachers, and their input into its stdin. While an
 * attacher is full nothing is read, so the process waits once its pipe is full as well.
 */
export class ProcessIo {
  readonly #options: ProcessIoOptions;
  readonly #attachments = new Set<Attachment>();
  readonly #readers: FdReader[];
  readonly #stdin: FdWriter | undefined;
  readonly #terminal: number | undefined;
  #log: FileLog | undefined;
  #held = false;
  #finished = false;

  constructor(stdio: ShimSide | { terminal: number }, options: ProcessIoOptions) {
    this.#options = options;
    if (options.log !== null) this.#log = openLog(options.log);
    const inputEvents = { onDrain: () => this.#attachments.forEach((attachment) => attachment.resumeInput()) };
    if ('terminal' in stdio) {
      setNonBlocking(stdio.terminal, true);
      this.#terminal = stdio.terminal;
      this.#readers = [this.#reader('stdout', stdio.terminal)];
      this.#stdin = options.openStdin ? new FdWriter(duplicate(stdio.terminal), inputEvents) : undefined;
    } else {
      this.#readers = [this.#reader('stdout', stdio.stdout), this.#reader('stderr', stdio.stderr)];
      this.#stdin = stdio.stdin === null ? undefined : new FdWriter(stdio.stdin, inputEvents);
    }
    if (options.awaitAttach) this.#awaitAttach();
    else for (const reader of this.#readers) reader.resume();
  }

  get outputEnded(): boolean {
    return this.#readers.every((reader) => reader.ended);
  }

  /** True while a slow attacher keeps output from being read. */
  get held(): boolean {
    return this.#held;
  }

  attach(socket: Socket, request: AttachRequest): void {
    const attachment = new Attachment(socket, request, this.#terminal === undefined, {
      onInput: (bytes) => {
        this.#stdin?.write(bytes);
        return (this.#stdin?.waiting ?? 0) === 0;
      },
      // The end of a terminal's input is a character (^D), not the end of a stream.
      onInputEnd: () => {
        if (this.#options.stdinOnce && this.#terminal === undefined) this.#stdin?.end();
      },
      onDrain: () => this.#release(),
      onClose: () => {
        this.#attachments.delete(attachment);
        this.#release();
      },
    });
    if (this.#finished || (this.outputEnded && attachment.wantsOutput)) attachment.end();
    else this.#attachments.add(attachment);
    this.#release();
  }

  /** @returns false without a terminal. */
  resize(size: { rows: number; columns: number }): boolean {
    if (this.#terminal === undefined || this.#readers[0]?.ended !== false) return false;
    setTerminalSize(this.#terminal, size);
    return true;
  }

  /**
   * The process has ended and is announced: attachers and log end. What its background children still say is read and
   * dropped, so that they do not stall on a full pipe; a terminal is hung up instead.
   */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#stdin?.close();
    for (const attachment of this.#attachments) attachment.end();
    this.#attachments.clear();
    this.#log?.close();
    this.#log = undefined;
    if (this.#terminal !== undefined) this.#readers[0]?.close();
    else this.#release();
  }

  /** Closes every descriptor. The process, if it lives, keeps its pipes. */
  close(): void {
    for (const attachment of this.#attachments) attachment.destroy();
    this.finish();
    for (const reader of this.#readers) reader.close();
  }

  /** No more input: the process has ended. */
  closeInput(): void {
    this.#stdin?.close();
  }

  /** An engine that died between launch and attach must not stall the process for ever. */
  #awaitAttach(): void {
    this.#held = true;
    setTimeout(() => this.#release(), attachPatience).unref();
  }

  #reader(stream: OutputStream, fd: number): FdReader {
    return new FdReader(
      fd,
      (chunk, withHeadroom) => this.#output(stream, chunk, withHeadroom),
      () => this.#ended(stream),
    );
  }

  #output(stream: OutputStream, chunk: Buffer, withHeadroom: Buffer): void {
    if (this.#finished) return;
    this.#log?.write(stream, chunk);
    for (const attachment of this.#attachments) {
      attachment.write(stream, chunk, withHeadroom);
      if (attachment.full) this.#held = true;
    }
    if (this.#held) for (const reader of this.#readers) reader.pause();
  }

  #release(): void {
    if (!this.#held) return;
    for (const attachment of this.#attachments) if (attachment.full) return;
    this.#held = false;
    for (const reader of this.#readers) reader.resume();
  }

  #ended(stream: OutputStream): void {
    this.#log?.end(stream);
    if (!this.outputEnded) return;
    for (const attachment of this.#attachments) if (attachment.wantsOutput) attachment.end();
    this.#options.onOutputEnd();
  }
}

/** A container must run even when its log cannot be written. */
function openLog(target: LogTarget): FileLog | undefined {
  try {
    return new FileLog(target);
  } catch (error) {
    process.stderr.write(`log ${target.path}: not written: ${(error as Error).message}\n`);
    return undefined;
  }
}
