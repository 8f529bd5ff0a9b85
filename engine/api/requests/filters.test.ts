import { expect, test } from 'vitest';
import fc from 'fast-check';
import { parseFilters } from './filters.ts';

test('both spellings', () => {
  expect(parseFilters('{"label":{"a=b":true,"c":true},"name":{}}')).toEqual({ label: ['a=b', 'c'], name: [] });
  expect(parseFilters('{"label":["a=b"],"name":null}')).toEqual({ label: ['a=b'], name: [] });
  expect(parseFilters('')).toEqual({});
});

test.each(['bad', '[]', '5', '{"a":5}', '{"a":[1]}', '{"a":{"b":1}}', '{"a":"b"}'])('%s is no filter', (text) => {
  expect(() => parseFilters(text)).toThrow('invalid filter');
});

test('any text is read or refused, never a crash', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        for (const values of Object.values(parseFilters(text))) expect(Array.isArray(values)).toBe(true);
      } catch (error) {
        expect((error as Error).message).toBe('invalid filter');
      }
    }),
  );
});
