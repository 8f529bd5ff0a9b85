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
    registryMirrors: [],
    tcp: [],
  });
});

test('every flag', () => {
  const args = '--root /r --socket /s --exec-root /x --guest-port /p0 --guest-port /p1 --guest-key /k --host-folders shared --file-port /p2 --builtin-images /b --insecure-registry a:5000 --insecure-registry 10.0.0.0/8 --registry-mirror https://m.example --shimd /m';
  expect(parseCommandLine(args.split(' '))).toEqual({
    root: '/r',
    execRoot: '/x',
    socket: '/s',
    guestPorts: ['/p0', '/p1'],
    guestKeyFile: '/k',
    hostFolders: 'shared',
    filePort: '/p2',
    builtinImages: '/b',
    insecureRegistries: ['a:5000', '10.0.0.0/8'],
    registryMirrors: ['https://m.example'],
    shimd: '/m',
    tcp: [],
  });
});

test.each([
  [['--socket', '/s'], '--root DIR is missing'],
  [['--root', '/r'], '--socket PATH is missing'],
  [['--root', '/r', '--socket', '/s', '--fast'], "Unknown option '--fast'"],
  [['--root', '/r', '--socket', '/s', 'extra'], 'extra'],
  [['--root', '/r', '--socket', '/s', '--host-folders', 'maybe'], 'direct, refuse or shared'],
  [['--root', '/r', '--socket', '/s', '--host-folders', 'shared'], '--file-port belong together'],
  [['--root', '/r', '--socket', '/s', '--guest-port', '/p'], '--guest-key'],
  [['--root', '/r', '--socket', '/s', '--host', 'unix:///x'], 'tcp://ADDRESS:PORT is expected'],
  [['--root', '/r', '--socket', '/s', '--host', 'tcp://127.0.0.1:99999'], 'tcp://ADDRESS:PORT is expected'],
  [['--root', '/r', '--socket', '/s', '--host', 'tcp://0.0.0.0:2375'], 'it needs --tlsverify'],
  [['--root', '/r', '--socket', '/s', '--host', 'tcp://127.evil.example:2375'], 'it needs --tlsverify'],
  [['--root', '/r', '--socket', '/s', '--host', 'tcp://0.0.0.0:2375', '--tlscert', '/c', '--tlskey', '/k'], 'it needs --tlsverify'],
  [['--root', '/r', '--socket', '/s', '--tlsverify'], '--tlsverify needs'],
  [['--root', '/r', '--socket', '/s', '--tlscert', '/c'], '--tlscert and --tlskey go together'],
])('refuses %j', (args, words) => {
  expect(() => parseCommandLine(args)).toThrow(UsageError);
  expect(() => parseCommandLine(args)).toThrow(words);
});

test('addresses on TCP', () => {
  const parse = (...args: string[]) => parseCommandLine(['--root', '/r', '--socket', '/s', ...args]).tcp;
  expect(parse('--host', 'tcp://127.0.0.1:2375', '--host', 'tcp://[::1]:0')).toEqual([{ host: '127.0.0.1', port: 2375 }, { host: '::1', port: 0 }]);
  const tls = { cert: '/c', key: '/k', ca: '/a', verify: true };
  expect(parse('--host', 'tcp://0.0.0.0:2376', '--tlsverify', '--tlscacert', '/a', '--tlscert', '/c', '--tlskey', '/k')).toEqual([{ host: '0.0.0.0', port: 2376, tls }]);
});
