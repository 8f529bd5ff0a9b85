import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidParameterError } from '../../errors.ts';
import { checkShape } from './json-shape.ts';
import type { Shape } from './json-shape.ts';
import { Query } from './query.ts';

const query = (text: string) => new Query(new URLSearchParams({ x: text }));

test('an integer is read or refused, never something else', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String), fc.bigInt().map(String)), (text) => {
      let value: number | undefined;
      try {
        value = query(text).integer('x');
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidParameterError);
        return;
      }
      if (text === '') expect(value).toBeUndefined();
      else expect(BigInt(value!)).toBe(BigInt(text.replace(/^\+/, '')));
    }),
  );
});

test('a flag is true unless it is one of the words for no', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(query(text).flag('x')).toBe(!['', '0', 'no', 'false', 'none'].includes(text.trim().toLowerCase()));
    }),
  );
});

const shape: Shape = { fields: { Name: 'string', Count: 'integer', Deep: { fields: { Flag: 'boolean', Words: 'words' } }, Labels: { map: 'string' } } };

test('any JSON is taken or refused with the parameter named, and then has its types', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ Name: fc.jsonValue(), count: fc.jsonValue(), DEEP: fc.jsonValue() }, { requiredKeys: [] })), (value) => {
      try {
        checkShape(value, shape);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidParameterError);
        return;
      }
      const { Name, Count } = (value ?? {}) as { Name?: unknown; Count?: unknown };
      expect([Name === undefined || Name === null || typeof Name === 'string', Count === undefined || Count === null || Number.isInteger(Count)]).toEqual([true, true]);
    }),
  );
});

test('names of fields are taken in any case; the exact one wins', () => {
  const body = { name: 'a', DEEP: { flag: true }, labels: { Name: 'kept' }, other: 1 };
  checkShape(body, shape);
  expect(body).toEqual({ Name: 'a', Deep: { Flag: true }, Labels: { Name: 'kept' }, other: 1 });
  const both = { name: 'a', Name: 'b' };
  checkShape(both, shape);
  expect(both).toEqual({ Name: 'b' });
});
