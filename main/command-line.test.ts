import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';

it('has defaults', () => {
  expect(parseCommandLine([], {})).toEqual({ home: join(homedir(), '.slipway'), engineSocket: undefined, imageDirectory: undefined, port: 0, open: true });
});

it('takes every option, and the home from the environment below it', () => {
  expect(parseCommandLine(['--port', '8123', '--engine-socket', '/run/e.sock', '--image=/img', '--no-open'], { SLIPWAY_HOME: '/state' })).toEqual({
    home: '/state',
    engineSocket: '/run/e.sock',
    imageDirectory: '/img',
    port: 8123,
    open: false,
  });
});

it.each([['--prot', '1'], ['--port', 'x'], ['--port', '70000'], ['--port'], ['--home', ''], ['stray']])('refuses %o with the list of options', (...args) => {
  expect(() => parseCommandLine(args.filter((arg) => arg !== undefined), {})).toThrow(expect.objectContaining({ kind: 'invalid', hint: expect.stringContaining('--home DIR') }));
});

it('passes over what belongs to Chromium when lenient', () => {
  expect(parseCommandLine(['/app', '--no-sandbox', '--home', '/state', '--inspect=0'], {}, true).home).toBe('/state');
});
