import { expect, test } from 'vitest';
import { parseCommandLine, UsageError } from './command-line.ts';

test('the two necessary flags, and what follows from them', () => {
  expect(parseCommandLine(['--root', '/r', '--socket', '/s'])).toEqual({
    root: '/r',
    execRoot: '/r/exec',
    socket: '/s',
    guestPorts: [],
    hostFolders: 'direct',
    insecureRegistries: [],
  });
});

test('every flag', () => {
  const args = '--root /r --socket /s --exec-root /x --guest-port /p0 --guest-port /p1 --guest-key /k --host-folders refuse --builtin-images /b --insecure-registry a:5000 --insecure-registry 10.0.0.0/8 --shimd /m';
  expect(parseCommandLine(args.split(' '))).toEqual({
    root: '/r',
    execRoot: '/x',
    socket: '/s',
    guestPorts: ['/p0', '/p1'],
    guestKeyFile: '/k',
    hostFolders: 'refuse',
    builtinImages: '/b',
    insecureRegistries: ['a:5000', '10.0.0.0/8'],
    shimd: '/m',
  });
});

test.each([
  [['--socket', '/s'], '--root DIR is missing'],
  [['--root', '/r'], '--socket PATH is missing'],
  [['--root', '/r', '--socket', '/s', '--fast'], "Unknown option '--fast'"],
  [['--root', '/r', '--socket', '/s', 'extra'], 'extra'],
  [['--root', '/r', '--socket', '/s', '--host-folders', 'maybe'], 'direct or refuse'],
  [['--root', '/r', '--socket', '/s', '--guest-port', '/p'], '--guest-key'],
])('refuses %j', (args, words) => {
  expect(() => parseCommandLine(args)).toThrow(UsageError);
  expect(() => parseCommandLine(args)).toThrow(words);
});
