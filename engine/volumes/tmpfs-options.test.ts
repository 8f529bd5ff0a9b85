import { expect, test } from 'vitest';
import { tmpfsOptions } from './tmpfs-options.ts';

test('what the user gives comes over the defaults', () => {
  expect(tmpfsOptions('')).toEqual(['noexec', 'nosuid', 'nodev']);
  expect(tmpfsOptions('rw,size=64m,mode=1777')).toEqual(['noexec', 'nosuid', 'nodev', 'rw', 'size=64m', 'mode=1777']);
  expect(tmpfsOptions('exec,nosuid')).toEqual(['nodev', 'exec', 'nosuid']);
});

test.each(['sized=5', 'lowerdir=/etc', 'remount', 'size'])('%s is refused', (option) => {
  expect(() => tmpfsOptions(option)).toThrow(`invalid tmpfs option "${option}"`);
});
