import { describe, expect, test } from 'vitest';
import { DetachKeyFilter, parseDetachKeys } from './detach-keys.ts';

describe('detach keys', () => {
  test('are read as moby reads them', () => {
    expect([...parseDetachKeys('')]).toEqual([16, 17]);
    expect([...parseDetachKeys('ctrl-a,x,DEL,ctrl-[')]).toEqual([1, 120, 127, 27]);
    expect(() => parseDetachKeys('ctrl-1')).toThrow('Invalid detach keys (ctrl-1) provided');
  });

  test('are found over chunks, and half of them is passed on later', () => {
    const typed = (...chunks: string[]) => {
      const filter = new DetachKeyFilter(parseDetachKeys('ctrl-p,ctrl-q'));
      let text = '';
      for (const chunk of chunks) {
        const { bytes, detach } = filter.push(Buffer.from(chunk));
        text += bytes.toString();
        if (detach) return `${text}<detach>`;
      }
      return text;
    };
    expect(typed('ab\x10\x11cd')).toBe('ab<detach>');
    expect(typed('ab\x10', '\x11')).toBe('ab<detach>');
    expect(typed('\x10', 'x')).toBe('\x10x');
    expect(typed('\x10\x10\x11')).toBe('\x10<detach>');
    expect(typed('plain')).toBe('plain');
  });
});
