import { addressBytes, addressOfBytes, formatAddress } from '../addressing/addresses.ts';

/** The parts of DNS messages that a forwarding resolver needs. Source: RFC 1035, part 4. */

export const RecordType = { a: 1, ptr: 12, aaaa: 28, any: 255 } as const;
export const ResponseCode = { noError: 0, formatError: 1, serverFailure: 2, nameError: 3, notImplemented: 4, refused: 5 } as const;

const internetClass = 1;
const headerSize = 12;
const responseBit = 0x8000;
const opcodeMask = 0x7800;
const recursionDesired = 0x0100;
const recursionAvailable = 0x0080;
const truncatedBit = 0x0200;
/** RFC 1035 2.3.4: 255 octets on the wire, the dots between labels being their lengths. */
const longestName = 255;

export interface Question {
  /** Without the dot at the end, in the case it was asked in. */
  name: string;
  type: number;
  class: number;
}

export interface Query {
  id: number;
  flags: number;
  question: Question;
  /** The bytes of the question section, to be repeated in the answer as they came. */
  questionBytes: Buffer;
}

export type Answer = { type: typeof RecordType.a | typeof RecordType.aaaa; address: string } | { type: typeof RecordType.ptr; name: string };

/** @returns null for anything that is not a standard query with exactly one question: it comes from a container. */
export function decodeQuery(message: Buffer): Query | null {
  if (message.length < headerSize) return null;
  const flags = message.readUInt16BE(2);
  if ((flags & responseBit) !== 0 || (flags & opcodeMask) !== 0 || message.readUInt16BE(4) !== 1) return null;
  const name = decodeName(message, headerSize);
  if (name === null || name.end + 4 > message.length) return null;
  return {
    id: message.readUInt16BE(0),
    flags,
    question: { name: name.name, type: message.readUInt16BE(name.end), class: message.readUInt16BE(name.end + 2) },
    questionBytes: Buffer.from(message.subarray(headerSize, name.end + 4)),
  };
}

/** The whole answer to a query. @param ttl seconds. */
export function encodeAnswer(query: Query, answers: Answer[], options: { ttl: number; code?: number }): Buffer {
  const header = Buffer.alloc(headerSize);
  header.writeUInt16BE(query.id, 0);
  header.writeUInt16BE(responseBit | (query.flags & recursionDesired) | recursionAvailable | (options.code ?? ResponseCode.noError), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers.length, 6);
  return Buffer.concat([header, query.questionBytes, ...answers.map((answer) => encodeRecord(answer, options.ttl))]);
}

/** A query as a client would send it. */
export function encodeQuery(id: number, question: Question): Buffer {
  const header = Buffer.alloc(headerSize);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(recursionDesired, 2);
  header.writeUInt16BE(1, 4);
  const rest = Buffer.alloc(4);
  rest.writeUInt16BE(question.type, 0);
  rest.writeUInt16BE(question.class, 2);
  return Buffer.concat([header, encodeName(question.name), rest]);
}

export interface ReplySummary {
  id: number;
  code: number;
  truncated: boolean;
  /** Null when the reply repeats no question. */
  question: Question | null;
  answers: Answer[];
}

/** What a server answered; of the records, addresses and names alone. @returns null when it is no reply. */
export function decodeReply(message: Buffer): ReplySummary | null {
  if (message.length < headerSize) return null;
  const flags = message.readUInt16BE(2);
  if ((flags & responseBit) === 0) return null;
  let offset = headerSize;
  let question: Question | null = null;
  for (let index = 0; index < message.readUInt16BE(4); index += 1) {
    const name = decodeName(message, offset);
    if (name === null || name.end + 4 > message.length) return null;
    question ??= { name: name.name, type: message.readUInt16BE(name.end), class: message.readUInt16BE(name.end + 2) };
    offset = name.end + 4;
  }
  const answers: Answer[] = [];
  for (let index = 0; index < message.readUInt16BE(6); index += 1) {
    const name = decodeName(message, offset);
    if (name === null || name.end + 10 > message.length) return null;
    const type = message.readUInt16BE(name.end);
    const start = name.end + 10;
    offset = start + message.readUInt16BE(name.end + 8);
    if (offset > message.length) return null;
    if ((type === RecordType.a && offset - start === 4) || (type === RecordType.aaaa && offset - start === 16)) answers.push({ type, address: formatAddress(addressOfBytes(message.subarray(start, offset))) });
    if (type === RecordType.ptr) {
      const target = decodeName(message, start);
      if (target !== null) answers.push({ type, name: target.name });
    }
  }
  return { id: message.readUInt16BE(0), code: flags & 0xf, truncated: (flags & truncatedBit) !== 0, question, answers };
}

/** Names compare without case (RFC 4343). */
export function sameQuestion(one: Question, other: Question): boolean {
  return one.type === other.type && one.class === other.class && one.name.toLowerCase() === other.name.toLowerCase();
}

/** `4.3.2.1.in-addr.arpa` → `1.2.3.4`, and 32 nibbles before `ip6.arpa` (RFC 3596). @returns null for any other name. */
export function addressOfReverseName(name: string): string | null {
  const ipv4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa$/i.exec(name);
  if (ipv4 !== null) return ipv4.slice(1, 5).reverse().join('.');
  const ipv6 = /^((?:[0-9a-f]\.){32})ip6\.arpa$/i.exec(name);
  return ipv6 === null ? null : formatAddress({ family: 6, value: BigInt(`0x${ipv6[1]!.replaceAll('.', '').split('').reverse().join('')}`) });
}

/** @throws RangeError for labels of 0 or over 63 octets and names of over 255. */
export function encodeName(name: string): Buffer {
  const labels = name === '' ? [] : name.split('.');
  const bytes = Buffer.concat([
    ...labels.map((label) => {
      const text = Buffer.from(label, 'latin1');
      if (text.length === 0 || text.length > 63) throw new RangeError(`a label of ${text.length} octets in the name ${name}`);
      return Buffer.concat([Buffer.from([text.length]), text]);
    }),
    Buffer.from([0]),
  ]);
  if (bytes.length > longestName) throw new RangeError(`a name of ${bytes.length} octets`);
  return bytes;
}

/** Follows compression pointers, which must lead backwards: a loop would never end. `end` is behind the name where it stood. */
function decodeName(message: Buffer, start: number): { name: string; end: number } | null {
  const labels: string[] = [];
  let length = 1;
  let end: number | undefined;
  let lowest = start;
  for (let offset = start; offset < message.length; ) {
    const size = message.readUInt8(offset);
    if (size === 0) return { name: labels.join('.'), end: end ?? offset + 1 };
    if ((size & 0xc0) === 0xc0) {
      if (offset + 2 > message.length) return null;
      const target = message.readUInt16BE(offset) & 0x3fff;
      end ??= offset + 2;
      if (target >= lowest) return null;
      lowest = offset = target;
      continue;
    }
    length += size + 1;
    if (size > 63 || length > longestName || offset + 1 + size > message.length) return null;
    labels.push(message.toString('latin1', offset + 1, offset + 1 + size));
    offset += 1 + size;
  }
  return null;
}

function encodeRecord(answer: Answer, ttl: number): Buffer {
  const data = answer.type === RecordType.ptr ? encodeName(answer.name) : addressBytes(answer.address);
  const head = Buffer.alloc(12);
  // A pointer to the question's name.
  head.writeUInt16BE(0xc000 | headerSize, 0);
  head.writeUInt16BE(answer.type, 2);
  head.writeUInt16BE(internetClass, 4);
  head.writeUInt32BE(ttl, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
