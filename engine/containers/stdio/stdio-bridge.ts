import type { Duplex } from 'node:stream';
import { DetachKeyFilter } from './detach-keys.ts';

export interface BridgeOptions {
  /** The client's bytes are for the process; otherwise they are read and dropped. */
  stdin: boolean;
  /** What the end of the client's input means: the end of stdin, or that the client leaves. */
  endOfInput: 'close-stdin' | 'leave';
  /** Looked for in the client's input; null without a terminal. */
  detachKeys: Buffer | null;
  /** Awaited between the process's last byte and the end of the client's stream. */
  beforeEnd?: () => Promise<void>;
}

/**
 * Joins a client's stream and a process's until one of them ends, with back-pressure both ways. The end of the process
 * ends the client's stream after the last byte.
 * @returns how it ended.
 */
export function bridgeStdio(client: Duplex, process: Duplex, options: BridgeOptions): Promise<'ended' | 'left' | 'detached'> {
  return new Promise((resolve) => {
    let settled = false;
    const settle = (how: 'ended' | 'left' | 'detached') => {
      if (settled) return;
      settled = true;
      resolve(how);
      // Destroying the process's stream is a detach: stdin stays as it is.
      if (how !== 'ended') process.destroy();
      if (how !== 'ended' || options.beforeEnd === undefined) client.end();
      else void options.beforeEnd().finally(() => client.end());
    };
    client.on('error', () => settle('left'));
    process.on('error', () => settle('ended'));
    client.on('close', () => settle('left'));
    process.on('close', () => settle('ended'));

    process.on('data', (chunk: Buffer) => {
      if (!client.write(chunk)) process.pause();
    });
    client.on('drain', () => process.resume());
    process.on('end', () => settle('ended'));

    const keys = options.detachKeys === null ? null : new DetachKeyFilter(options.detachKeys);
    client.on('data', (chunk: Buffer) => {
      if (!options.stdin || settled || process.writableEnded) return;
      const { bytes, detach } = keys === null ? { bytes: chunk, detach: false } : keys.push(chunk);
      if (bytes.length > 0 && !process.write(bytes)) client.pause();
      if (detach) settle('detached');
    });
    process.on('drain', () => client.resume());
    client.on('end', () => {
      if (!options.stdin || settled) return;
      if (options.endOfInput === 'close-stdin') process.end();
      else settle('left');
    });
    // Not before the listeners are there: on a stream that flows already, the first bytes would be lost.
    client.resume();
  });
}
