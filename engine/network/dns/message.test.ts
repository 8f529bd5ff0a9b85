import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOfReverseName, decodeQuery, decodeReply, encodeAnswer, encodeName, encodeQuery, RecordType, ResponseCode, sameQuestion, type Answer } from './message.ts';

const label = fc.stringMatching(/^[a-zA-Z0-9_-]{1,63}$/);
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.')).filter((text) => text.length < 250);
const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((octets) => octets.join('.'));
const answer: fc.Arbitrary<Answer> = fc.oneof(
  address.map((value) => ({ type: RecordType.a, address: value })),
  name.map((value) => ({ type: RecordType.ptr, name: value })),
);

describe('DNS messages', () => {
  it('carry a query there and its answers back', () => {
    fc.assert(
      fc.property(fc.nat(65535), name, fc.constantFrom(1, 12, 28, 33), fc.array(answer, { maxLength: 10 }), (id, asked, type, answers) => {
        const query = decodeQuery(encodeQuery(id, { name: asked, type, class: 1 }));
        expect(query).toMatchObject({ id, question: { name: asked, type, class: 1 } });
        const reply = decodeReply(encodeAnswer(query!, answers, { ttl: 600 }));
        expect(reply).toEqual({ id, code: 0, truncated: false, question: { name: asked, type, class: 1 }, answers });
      }),
    );
  });

  it('never throw on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        decodeQuery(Buffer.from(bytes));
        decodeReply(Buffer.from(bytes));
      }),
    );
  });

  it('never throw on a good message with bytes changed', () => {
    const good = encodeAnswer(decodeQuery(encodeQuery(7, { name: 'db.internal', type: 1, class: 1 }))!, [{ type: 1, address: '10.0.0.1' }, { type: 12, name: 'a.b' }], { ttl: 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }), fc.nat(good.length), (changes, size) => {
        const bytes = Buffer.from(good);
        for (const [offset, value] of changes) bytes[offset] = value;
        decodeReply(bytes.subarray(0, size));
        decodeQuery(bytes.subarray(0, size));
      }),
    );
  });

  it('refuse pointers that lead nowhere or in circles', () => {
    const header = encodeQuery(1, { name: '', type: 1, class: 1 }).subarray(0, 12);
    const toItself = Buffer.concat([header, Buffer.from([0xc0, 12, 0, 1, 0, 1])]);
    const forwards = Buffer.concat([header, Buffer.from([0xc0, 14, 0, 0, 0, 1, 0, 1])]);
    expect(decodeQuery(toItself)).toBeNull();
    expect(decodeQuery(forwards)).toBeNull();
  });

  it('refuse replies, other opcodes and anything but one question', () => {
    const query = encodeQuery(1, { name: 'a', type: 1, class: 1 });
    const change = (offset: number, value: number) => {
      const bytes = Buffer.from(query);
      bytes.writeUInt16BE(value, offset);
      return bytes;
    };
    expect(decodeQuery(query)).not.toBeNull();
    expect(decodeQuery(change(2, 0x8100))).toBeNull();
    expect(decodeQuery(change(2, 0x2800))).toBeNull();
    expect(decodeQuery(change(4, 0))).toBeNull();
    expect(decodeQuery(change(4, 2))).toBeNull();
  });

  it('keep the case of the question and compare without it', () => {
    const query = decodeQuery(encodeQuery(1, { name: 'WeB', type: 1, class: 1 }))!;
    expect(decodeReply(encodeAnswer(query, [], { ttl: 1, code: ResponseCode.nameError }))).toMatchObject({ code: 3, question: { name: 'WeB' } });
    expect(sameQuestion(query.question, { name: 'web', type: 1, class: 1 })).toBe(true);
    expect(sameQuestion(query.question, { name: 'web', type: 28, class: 1 })).toBe(false);
  });

  it('know reverse names', () => {
    expect(addressOfReverseName('2.0.17.172.in-addr.arpa')).toBe('172.17.0.2');
    expect(addressOfReverseName('2.0.17.in-addr.arpa')).toBeNull();
  });

  it('refuse names that do not fit', () => {
    expect(() => encodeName(`${'a'.repeat(64)}.b`)).toThrow(RangeError);
    expect(() => encodeName('a..b')).toThrow(RangeError);
    expect(() => encodeName(Array.from({ length: 130 }, () => 'a').join('.'))).toThrow(RangeError);
  });
});
