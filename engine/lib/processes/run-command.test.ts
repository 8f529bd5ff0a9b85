import { describe, expect, it } from 'vitest';
import { CommandError, runCommand } from './run-command.ts';

describe('runCommand', () => {
  it('answers output and passes input', async () => {
    const result = await runCommand('sh', ['-c', 'cat; echo two >&2'], { input: 'one' });
    expect(result).toEqual({ exitCode: 0, stdout: 'one', stderr: 'two\n' });
  });

  it('names the command and what it said', async () => {
    const error = await runCommand('sh', ['-c', 'echo no such thing >&2; exit 3']).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({ exitCode: 3, stderr: 'no such thing\n' });
    expect((error as Error).message).toContain('sh -c');
    expect((error as Error).message).toContain('exit code 3: no such thing');
  });

  it('accepts codes that are answers', async () => {
    expect((await runCommand('sh', ['-c', 'exit 3'], { accept: [3] })).exitCode).toBe(3);
  });

  it('says when the program is missing', async () => {
    await expect(runCommand('no-such-program-here', [])).rejects.toThrow(/is not installed or not on the PATH/);
  });

  it('ends the command when aborted', async () => {
    const controller = new AbortController();
    const running = runCommand('sleep', ['100'], { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await expect(runCommand('true', [], { signal: controller.signal })).rejects.toThrow('enough');
  });

  it('survives a command that does not read its input', async () => {
    expect((await runCommand('true', [], { input: Buffer.alloc(1 << 20) })).exitCode).toBe(0);
  });
});
