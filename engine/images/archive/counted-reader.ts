import { pipeline, Transform } from 'node:stream';
import type { Readable } from 'node:stream';

/** The same bytes; `onCount` hears how many have come through. Errors and destruction go both ways. */
export function countedReader(source: Readable, onCount: (bytes: number) => void): Readable {
  let count = 0;
  const counted = new Transform({
    readableHighWaterMark: 256 * 1024,
    transform(chunk: Buffer, _, done) {
      onCount((count += chunk.length));
      done(null, chunk);
    },
  });
  // Whoever reads the answer gets the errors.
  pipeline(source, counted, () => undefined);
  return counted;
}
