import { StringDecoder } from 'node:string_decoder';

/** One line longer than this cannot be a message of the engine; reading on would only fill memory. */
const maxLineLength = 4 * 1024 * 1024;

/**
 * The objects of a stream of JSON lines, in order, read only as fast as they are taken.
 * @throws SyntaxError for a line that is not JSON, RangeError for one above 4 MiB, and what the stream itself throws.
 */
export async function* readJsonLines<T>(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<T> {
  // A character may lie across two chunks.
  const decoder = new StringDecoder('utf8');
  let pending = '';
  for await (const chunk of stream) {
    pending += typeof chunk === 'string' ? chunk : decoder.write(chunk);
    let start = 0;
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n', start)) {
      const line = pending.slice(start, end).trim();
      start = end + 1;
      if (line !== '') yield JSON.parse(line) as T;
    }
    pending = pending.slice(start);
    if (pending.length > maxLineLength) throw new RangeError(`a line of more than ${maxLineLength} characters in a stream of JSON lines`);
  }
  const last = (pending + decoder.end()).trim();
  if (last !== '') yield JSON.parse(last) as T;
}
