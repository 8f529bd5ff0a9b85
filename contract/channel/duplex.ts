import type { ChannelStream } from './stream.ts';

/** What this file uses of Node's `Duplex`. */
interface DuplexLike {
  push(chunk: Uint8Array | null): boolean;
  destroy(error?: Error): unknown;
  readonly destroyed: boolean;
}

/** Fits Node's `DuplexOptions`. */
export interface DuplexHandlers {
  allowHalfOpen: true;
  read(): void;
  write(chunk: Uint8Array, encoding: string, callback: (error?: Error | null) => void): void;
  writev(chunks: { chunk: Uint8Array }[], callback: (error?: Error | null) => void): void;
  final(callback: (error?: Error | null) => void): void;
  destroy(error: Error | null, callback: (error?: Error | null) => void): void;
}

/**
 * The stream as a `Duplex` of Node's: `toDuplex(stream, (handlers) => new Duplex(handlers))`. Both folders that need it
 * bring their own Node; this one knows none. Credit goes back when the reader asks for more, so back-pressure holds end to end.
 */
export function toDuplex<D extends DuplexLike>(stream: ChannelStream, create: (handlers: DuplexHandlers) => D, accepted?: () => void): D {
  let unread = 0;
  const returnCredit = () => {
    if (unread === 0) return;
    const count = unread;
    unread = 0;
    stream.consumed(count);
  };
  const duplex = create({
    allowHalfOpen: true,
    read: returnCredit,
    write: (chunk, _encoding, callback) => stream.write(chunk, callback),
    writev: (chunks, callback) => {
      chunks.forEach(({ chunk }, index) => stream.write(chunk, index === chunks.length - 1 ? callback : () => undefined));
    },
    final: (callback) => stream.end(callback),
    destroy: (error, callback) => {
      // After both ends there is nothing left to reset, and reset() knows it.
      stream.reset(error?.message ?? '');
      callback(error);
    },
  });
  stream.events = {
    accepted,
    data: (bytes) => {
      unread += bytes.length;
      if (duplex.push(bytes)) returnCredit();
    },
    end: () => duplex.push(null),
    reset: (reason) => duplex.destroy(Object.assign(new Error(reason), { code: 'ECONNRESET' })),
  };
  return duplex;
}
