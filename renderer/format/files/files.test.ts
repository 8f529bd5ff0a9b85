import { expect, test } from 'vitest';
import { contentOf, hexDump } from './content.ts';
import { crumbsOf, joinPath, modeText, parentPath, problemOfName } from './paths.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('paths', () => {
  expect([joinPath('/', 'a'), joinPath('/a', 'b c'), parentPath('/a/b'), parentPath('/a'), parentPath('/')]).toEqual(['/a', '/a/b c', '/a', '/', '/']);
  expect(crumbsOf('/var/lib')).toEqual([{ name: '/', path: '/' }, { name: 'var', path: '/var' }, { name: 'lib', path: '/var/lib' }]);
});

test('modes as ls writes them', () => {
  expect([modeText(0o755, 'folder'), modeText(0o4644, 'file'), modeText(0o1777, 'folder'), modeText(0o2711, 'file')]).toEqual(['drwxr-xr-x', '-rwSr--r--', 'drwxrwxrwt', '-rwx--s--x']);
});

test('names that no file can have', () => {
  expect(['ok', ' ', 'a/b', '..', 'ü'.repeat(128)].map(problemOfName)).toEqual([undefined, 'empty', 'slash', 'dots', 'long']);
});

test('content by its bytes', () => {
  expect(contentOf(bytes(''), true)).toEqual({ kind: 'empty' });
  expect(contentOf(bytes('<script>'), true)).toEqual({ kind: 'text', text: '<script>' });
  expect(contentOf(bytes('ü').subarray(0, 1), false)).toEqual({ kind: 'text', text: '' });
  expect(contentOf(bytes('ü').subarray(0, 1), true)).toEqual({ kind: 'binary' });
  expect(contentOf(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]), false)).toEqual({ kind: 'image', type: 'image/png' });
  expect(contentOf(new Uint8Array([1, 0, 2]), true)).toEqual({ kind: 'binary' });
  // Drawn as a picture it could run scripts: it is text.
  expect(contentOf(bytes('<svg onload="x"/>'), true).kind).toBe('text');
});

test('a hex dump', () => {
  expect(hexDump(bytes('Hello, slipway!\n+'))).toBe('00000000  48 65 6c 6c 6f 2c 20 73 6c 69 70 77 61 79 21 0a  Hello, slipway!.\n00000010  2b                                               +');
});
