/**
 * Lines of the json-file log: `{"log":"text\n","stream":"stdout","time":"…"}`. Escapes as Go's encoder does for moby:
 * `"` and `\`, control characters, `<`, `>`, `&`, U+2028 and U+2029; bytes that are no UTF-8 become U+FFFD.
 * Works on bytes, because a log of many short lines spends most of its time here.
 */

/** What a byte below 0x80 becomes; undefined: itself. */
const escapes: (Buffer | undefined)[] = Array.from({ length: 0x80 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (character === '"' || character === '\\') return Buffer.from(`\\${character}`);
  if (character === '\n') return Buffer.from('\\n');
  if (character === '\r') return Buffer.from('\\r');
  if (character === '\t') return Buffer.from('\\t');
  if (code < 0x20 || '<>&'.includes(character)) return Buffer.from(`\\u${code.toString(16).padStart(4, '0')}`);
  return undefined;
});
/** 1 for bytes that stand for themselves; 0 for those to escape and for all of 0x80 and above. */
const plain = Uint8Array.from({ length: 256 }, (_, code) => (code < 0x80 && escapes[code] === undefined ? 1 : 0));
const replacement = Buffer.from('\\ufffd');
const lineSeparators: Record<number, Buffer> = { 0xa8: Buffer.from('\\u2028'), 0xa9: Buffer.from('\\u2029') };

/** The most that one byte can grow to. */
export const maxGrowth = 6;

/**
 * Writes `source[start..end)` as the inside of a JSON string.
 * @param target has room for `(end - start) * maxGrowth` bytes after `offset`.
 * @returns the offset after what was written.
 */
export function encodeJsonText(source: Uint8Array, start: number, end: number, target: Buffer, offset: number): number {
  let out = offset;
  let index = start;
  while (index < end) {
    const byte = source[index]!;
    if (plain[byte] === 1) {
      target[out++] = byte;
      index++;
      continue;
    }
    if (byte < 0x80) {
      const escape = escapes[byte]!;
      for (let at = 0; at < escape.length; at++) target[out++] = escape[at]!;
      index++;
      continue;
    }
    const length = sequenceLength(source, index, end);
    if (length === 0) {
      out += replacement.copy(target, out);
      index++;
    } else if (byte === 0xe2 && source[index + 1] === 0x80 && lineSeparators[source[index + 2]!] !== undefined) {
      out += lineSeparators[source[index + 2]!]!.copy(target, out);
      index += 3;
    } else {
      for (let at = 0; at < length; at++) target[out++] = source[index++]!;
    }
  }
  return out;
}

/** Length of the valid UTF-8 sequence of several bytes at `index`, or 0. Source: RFC 3629, section 4. */
function sequenceLength(bytes: Uint8Array, index: number, end: number): number {
  const first = bytes[index]!;
  const length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length === 0 || index + length > end) return 0;
  const second = bytes[index + 1]!;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let at = 2; at < length; at++) if ((bytes[index + at]! & 0xc0) !== 0x80) return 0;
  return length;
}

/** How many bytes at the end of `bytes[start..end)` begin a UTF-8 character that is not complete there: 0 to 3. */
export function incompleteTail(bytes: Uint8Array, start: number, end: number): number {
  for (let back = 1; back <= 3 && end - back >= start; back++) {
    const byte = bytes[end - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}
