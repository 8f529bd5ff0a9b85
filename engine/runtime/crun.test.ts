import { describe, expect, it } from 'vitest';
import { runtimeError } from './crun.ts';

const explain = (said: string, args = ['x'], cwd = '/') => runtimeError('create', said, { args, cwd });

describe('runtimeError', () => {
  it.each([
    ['executable file `x` not found in $PATH: No such file or directory', ['x'], 'exec: "x": executable file not found in $PATH'],
    ['executable file `/bin/x` not found in $PATH: No such file or directory', ['/bin/x'], 'exec: "/bin/x": stat /bin/x: no such file or directory'],
    ['open executable: Operation not permitted', ['/etc'], 'exec: "/etc": permission denied'],
    ['open executable: Permission denied', ['/x'], 'exec: "/x": permission denied'],
    ['open executable: File name too long', ['xx'], 'exec: "xx": file name too long'],
    ['exec container process `/x`: Exec format error', ['/x'], 'exec /x: exec format error'],
  ])('puts %j into Docker’s words', (said, args, words) => {
    const error = explain(said, args);
    expect(error.kind).toBe('invalid-parameter');
    expect(error.message.endsWith(`: ${words}`)).toBe(true);
  });

  it('names the working directory', () => {
    expect(explain('chdir `/a b`: No such file or directory', ['x'], '/a b').message).toContain('chdir to cwd ("/a b") set in config.json failed: no such file or directory');
  });

  it('passes on what it does not know', () => {
    expect(explain('the moon is full')).toMatchObject({ kind: 'internal', message: expect.stringContaining('the moon is full') as string });
  });
});
