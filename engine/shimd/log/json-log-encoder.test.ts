import { describe, expect, it } from 'vitest';
import { encodeJsonText, incompleteTail, maxGrowth } from './json-log-encoder.ts';

function encode(bytes: Uint8Array): string {
  const target = Buffer.alloc(bytes.length * maxGrowth + 1);
  return target.toString('utf8', 0, encodeJsonText(bytes, 0, bytes.length, target, 0));
}

describe('encodeJsonText', () => {
  it('writes what JSON.parse reads back', () => {
    const all = Buffer.from(Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code)).join('') + 'é € 😀 \u2028\u2029');
    expect(JSON.parse(`"${encode(all)}"`)).toBe(all.toString());
  });

  it('escapes as Go does', () => {
    expect(encode(Buffer.from('<a href="x">&\\\u2028\t\r\n\u0001'))).toBe('\\u003ca href=\\"x\\"\\u003e\\u0026\\\\\\u2028\\t\\r\\n\\u0001');
  });

  it.each([
    ['a lone continuation', [0x61, 0x80, 0x62], 'a\ufffdb'],
    ['an overlong slash', [0xc0, 0xaf], '\ufffd\ufffd'],
    ['a surrogate', [0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd'],
    ['a cut character', [0xe2, 0x82], '\ufffd\ufffd'],
    ['above the last character', [0xf4, 0x90, 0x80, 0x80], '\ufffd\ufffd\ufffd\ufffd'],
    ['the byte 0xff', [0xff], '\ufffd'],
  ])('replaces %s', (_, bytes, text) => {
    expect(JSON.parse(`"${encode(Uint8Array.from(bytes))}"`)).toBe(text);
  });
});

describe('incompleteTail', () => {
  it.each([
    ['', 0],
    ['abc', 0],
    ['é', 0],
    ['a\xc3', 1],
    ['\xe2\x82', 2],
    ['\xe2\x82\xac', 0],
    ['\xf0\x9f\x98', 3],
    ['\x80\x80\x80', 0],
  ])('of %j is %i', (text, length) => {
    const bytes = text === 'é' ? Buffer.from(text) : Buffer.from(text, 'latin1');
    expect(incompleteTail(bytes, 0, bytes.length)).toBe(length);
  });
});
