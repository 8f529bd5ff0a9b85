import type { LogChunk } from '../../../contract/ipc.ts';
import { streamChunkSize } from '../../../contract/ipc-wire.ts';
import { StdFrameDecoder } from '../../../contract/stdcopy.ts';

/**
 * Log bytes as the engine sends them → text for the window. A character whose bytes lie in two chunks, or in two frames
 * of the same stream, comes out whole; bytes that are no UTF-8 become U+FFFD. Frames of the same stream that arrive together make
 * one chunk: a message for each line would drown the window.
 */
export class LogDecoder {
  readonly #frames: StdFrameDecoder | undefined;
  readonly #decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };

  /** @param tty raw bytes, all of them stdout; otherwise multiplexed frames. */
  constructor(tty: boolean) {
    this.#frames = tty ? undefined : new StdFrameDecoder();
  }

  /** @throws RangeError when the bytes are no multiplexed stream. */
  push(bytes: Uint8Array): LogChunk[] {
    const chunks: LogChunk[] = [];
    if (this.#frames === undefined) this.#append(chunks, 'stdout', bytes);
    else for (const { stream, payload } of this.#frames.push(bytes)) this.#append(chunks, stream === 'stderr' ? 'stderr' : 'stdout', payload);
    return chunks;
  }

  /** What is left of a character whose end never came. */
  end(): LogChunk[] {
    return (['stdout', 'stderr'] as const).map((stream) => ({ stream, text: this.#decoders[stream].decode() })).filter(({ text }) => text !== '');
  }

  #append(chunks: LogChunk[], stream: LogChunk['stream'], bytes: Uint8Array): void {
    // Cut by bytes, before decoding: the decoder joins a character that the cut went through.
    for (let start = 0; start < bytes.length; start += streamChunkSize) {
      const text = this.#decoders[stream].decode(bytes.subarray(start, start + streamChunkSize), { stream: true });
      const last = chunks.at(-1);
      if (text === '') continue;
      if (last?.stream === stream && last.text.length + text.length <= streamChunkSize) last.text += text;
      else chunks.push({ stream, text });
    }
  }
}
