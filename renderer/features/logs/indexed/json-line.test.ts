import { expect, test } from 'vitest';
import { cellText, columnsOf, jsonOf, traceOf } from './json-line.ts';

test('only an object is a JSON line', () => {
  expect(jsonOf({ text: '{"msg":"a","n":2}' })).toEqual({ msg: 'a', n: 2 });
  for (const text of ['[1]', '{}', '{"a":', 'x {"a":1}', '"{}"', '', '{"__proto__":']) expect(jsonOf({ text })).toBeUndefined();
});

test('columns are the fields that most lines have, the message first; time and level have their own', () => {
  expect(columnsOf([{ level: 'info', ts: 1, user: 1, msg: 'a' }, { msg: 'b', path: '/', user: 2 }, { user: 3 }])).toEqual(['msg', 'user', 'path']);
  expect(columnsOf([])).toEqual([]);
});

test('the trace of a line', () => {
  expect(traceOf({ msg: 'a', trace_id: 'b7ad' })).toBe('b7ad');
  expect(traceOf({ requestId: 'r1' })).toBe('r1');
  expect(traceOf({ trace_id: 7 })).toBeUndefined();
});

test('cells', () => {
  expect([cellText('a'), cellText(2), cellText({ a: 1 }), cellText(undefined), cellText(null)]).toEqual(['a', '2', '{"a":1}', '', 'null']);
});
