import { expect, test } from 'vitest';
import { jsonLines } from './json-lines.ts';

const value = { Name: 'web', State: { Pid: 12, Health: null }, Env: ['A=1'], Empty: {}, 'a/b': true };
const shown = (open: string[]): string[] => jsonLines(value, (path) => open.includes(path)).map(({ path, text, size, isOpen }) => `${path} ${isOpen === undefined ? text : `${size}${isOpen ? ' open' : ''}`}`);

test('what is folded shows its size, what is open its lines', () => {
  expect(shown([])).toEqual(['/Name "web"', '/State 2', '/Env 1', '/Empty 0', '/a~1b true']);
  expect(shown(['/State'])).toEqual(['/Name "web"', '/State 2 open', '/State/Pid 12', '/State/Health null', '/Env 1', '/Empty 0', '/a~1b true']);
});

test('what is empty does not open, and a bare value is one line', () => {
  expect(shown(['/Empty'])).toContain('/Empty 0');
  expect(jsonLines('x', () => true)).toMatchObject([{ path: '', name: undefined, text: '"x"' }]);
});
