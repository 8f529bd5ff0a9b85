import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskExit } from '../containers/collaborators.ts';
import { collect, TaskFixture } from '../testing/task-fixture.ts';

let fixture: TaskFixture;
beforeAll(async () => {
  fixture = await TaskFixture.make();
});
afterAll(async () => {
  await fixture.dispose();
});

const sigterm = 15;
const sigkill = 9;
const output = { stdin: false, stdout: true, stderr: true };

describe('a task', () => {
  it('runs and answers its exit code', async () => {
    expect(await fixture.run(['true'])).toMatchObject({ exitCode: 0, oomKilled: false });
    expect(await fixture.run(['false'])).toMatchObject({ exitCode: 1 });
    expect(await fixture.run(['sh', '-c', 'exit 77'])).toMatchObject({ exitCode: 77 });
  });

  it('answers 128 + n when signal n ended it, and tells so to listeners and late askers', async () => {
    const spec = fixture.spec(['sleep', '1000']);
    await fixture.tasks.create(spec);
    await fixture.tasks.start(spec.id);
    const heard = new Promise<TaskExit>((resolve) => {
      const stop = fixture.tasks.onExit((exit) => {
        stop();
        resolve(exit);
      });
    });
    // As the first process of its namespace it has no default action for SIGTERM.
    await fixture.tasks.kill(spec.id, sigterm);
    await fixture.tasks.kill(spec.id, sigkill);
    expect((await heard).exitCode).toBe(137);
    expect(await fixture.tasks.wait(spec.id, null)).toEqual(await heard);
    await expect(fixture.tasks.kill(spec.id, sigkill)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await fixture.tasks.list()).toContainEqual(expect.objectContaining({ containerId: spec.id, status: 'stopped' }));
    await fixture.tasks.delete(spec.id);
  });

  it('is created, running, paused, running and gone', async () => {
    const spec = fixture.spec(['sleep', '1000']);
    const status = async () => (await fixture.tasks.list()).find((task) => task.containerId === spec.id)?.status;
    const { pid } = await fixture.tasks.create(spec);
    expect(await status()).toBe('created');
    await fixture.tasks.start(spec.id);
    expect(await status()).toBe('running');
    expect(await fixture.tasks.pids(spec.id)).toEqual([pid]);
    await fixture.tasks.pause(spec.id);
    expect(await status()).toBe('paused');
    await fixture.tasks.resume(spec.id);
    expect(await status()).toBe('running');
    await expect(fixture.tasks.delete(spec.id)).rejects.toMatchObject({ kind: 'conflict' });
    await fixture.tasks.delete(spec.id, { force: true });
    expect(await status()).toBeUndefined();
    expect(await fixture.tasks.pids(spec.id).catch(() => [])).toEqual([]);
    expect(existsSync(join(fixture.execRoot, 'crun', spec.id))).toBe(false);
    await fixture.tasks.delete(spec.id, { force: true });
  });

  it('can be deleted before it starts, and while it is paused', async () => {
    const never = fixture.spec(['true']);
    await fixture.tasks.create(never);
    await fixture.tasks.delete(never.id, { force: true });
    const paused = fixture.spec(['sleep', '1000']);
    await fixture.tasks.create(paused);
    await fixture.tasks.start(paused.id);
    await fixture.tasks.pause(paused.id);
    await fixture.tasks.delete(paused.id, { force: true });
    expect(await fixture.tasks.list()).toEqual([]);
  });

  it('does not run twice under one id, and knows when it does not know', async () => {
    const spec = fixture.spec(['sleep', '1000']);
    await fixture.tasks.create(spec);
    await expect(fixture.tasks.create(spec)).rejects.toMatchObject({ kind: 'conflict' });
    await fixture.tasks.start(spec.id);
    await fixture.tasks.delete(spec.id, { force: true });
    await expect(fixture.tasks.wait(spec.id, null)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(fixture.tasks.attach(spec.id, null, output)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(fixture.tasks.start(spec.id)).rejects.toThrow();
  });

  it('runs many at once', async () => {
    const results = await Promise.all(Array.from({ length: 12 }, (_, index) => fixture.run(['sh', '-c', `echo ${index}; exit ${index}`])));
    expect(results.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(results.map((_, index) => [index, `${index}\n`]));
  });
});

describe('what cannot run', () => {
  it.each([
    ['a command that no folder of the PATH has', ['nope'], /exec: "nope": executable file not found in \$PATH/],
    ['a path that is not there', ['/bin/nope'], /exec: "\/bin\/nope": .*no such file or directory/],
    ['a folder', ['/etc'], /exec: "\/etc": permission denied/],
    ['a file that is not executable', ['/etc/passwd'], /exec: "\/etc\/passwd": permission denied/],
  ])('%s', async (_, command, message) => {
    const spec = fixture.spec(command);
    const failed = fixture.tasks.create(spec).then(() => fixture.tasks.start(spec.id));
    await expect(failed).rejects.toMatchObject({ kind: 'invalid-parameter', message: expect.stringMatching(message) as string });
    await fixture.tasks.delete(spec.id, { force: true });
    expect(await fixture.tasks.list()).toEqual([]);
  });

  it('an unknown user', async () => {
    await expect(fixture.run(['true'], { User: 'nope' })).rejects.toThrow('unable to find user nope: no matching entries in passwd file');
  });

  it('a missing bind source', async () => {
    const spec = fixture.spec(['true']);
    spec.mounts.push({ type: 'bind', source: join(fixture.directory, 'missing'), destination: '/mnt', options: ['rbind'] });
    await expect(fixture.tasks.create(spec)).rejects.toThrow(/No such file or directory/i);
  });
});

describe('output', () => {
  it('loses nothing between create and start', async () => {
    expect(await fixture.run(['sh', '-c', 'echo out; echo err >&2; printf tail'])).toMatchObject({ stdout: 'out\ntail', stderr: 'err\n' });
  });

  it('passes 10 MB through whole', async () => {
    const { stdout } = await fixture.run(['seq', '1', '1500000']);
    const expected = Array.from({ length: 1_500_000 }, (_, index) => `${index + 1}\n`).join('');
    expect(stdout.length).toBe(expected.length);
    expect(createHash('sha256').update(stdout).digest('hex')).toBe(createHash('sha256').update(expected).digest('hex'));
  });

  it('gives two attachers the same', async () => {
    const spec = fixture.spec(['seq', '1', '100000']);
    await fixture.tasks.create(spec);
    const attached = await Promise.all([1, 2].map(() => fixture.tasks.attach(spec.id, null, { stdin: false, stdout: true, stderr: false })));
    const outputs = attached.map((stream) => collect(stream));
    await fixture.tasks.start(spec.id);
    const [first, second] = await Promise.all(outputs);
    expect(first!.stdout.length).toBe(588_895);
    expect(second).toEqual(first);
    await fixture.tasks.delete(spec.id);
  });

  it('waits for a slow attacher and loses nothing, and goes on when that one leaves', async () => {
    const spec = fixture.spec(['sh', '-c', 'seq 1 500000; echo all written >&2']);
    await fixture.tasks.create(spec);
    const slow = await fixture.tasks.attach(spec.id, null, { stdin: false, stdout: true, stderr: false });
    const quick = await fixture.tasks.attach(spec.id, null, { stdin: false, stdout: false, stderr: true });
    const words = collect(quick);
    await fixture.tasks.start(spec.id);
    await once(slow, 'readable');
    expect(await Promise.race([words, fixture.tasks.list()])).toBeInstanceOf(Array);
    slow.destroy();
    expect((await words).stderr).toBe('all written\n');
    expect(fixture.log(spec.id).filter(({ stream }) => stream === 'stdout')).toHaveLength(500_000);
    await fixture.tasks.delete(spec.id, { force: true });
  });

  it('is at its end for who attaches after the end', async () => {
    const spec = fixture.spec(['echo', 'over']);
    await fixture.tasks.create(spec);
    await fixture.tasks.start(spec.id);
    await fixture.tasks.wait(spec.id, null);
    expect(await collect(await fixture.tasks.attach(spec.id, null, output))).toEqual({ stdout: '', stderr: '' });
    await fixture.tasks.delete(spec.id);
  });

  it('gives the processes of a container no descriptors but the three', async () => {
    const spec = fixture.spec(['sleep', '1000']);
    const { pid } = await fixture.tasks.create(spec);
    await fixture.tasks.start(spec.id);
    const running = await fixture.tasks.exec({ ...fixture.exec(spec.id, ['sleep', '1000']), attached: false });
    for (const number of [pid, running.pid]) {
      // Until crun's own code has made way for the program.
      await expect.poll(() => readFileSync(`/proc/${number}/cmdline`, 'utf8'), { timeout: 10_000 }).toBe('sleep\0' + '1000\0');
      expect(readdirSync(`/proc/${number}/fd`)).toEqual(['0', '1', '2']);
    }
    await fixture.tasks.delete(spec.id, { force: true });
  });

  it('ends writers by SIGPIPE as usual inside the container', async () => {
    expect(await fixture.run(['sh', '-c', 'yes | head -n 1'])).toMatchObject({ exitCode: 0, stdout: 'y\n' });
  });
});

describe('stdin', () => {
  it('is read to its end', async () => {
    const spec = fixture.spec(['sh', '-c', 'cat; echo done'], { OpenStdin: true, StdinOnce: true });
    await fixture.tasks.create(spec);
    const stream = await fixture.tasks.attach(spec.id, null, { stdin: true, stdout: true, stderr: true });
    await fixture.tasks.start(spec.id);
    const text = 'x'.repeat(1_000_000);
    stream.end(text);
    expect((await collect(stream)).stdout).toBe(`${text}done\n`);
    expect((await fixture.tasks.wait(spec.id, null)).exitCode).toBe(0);
    await fixture.tasks.delete(spec.id);
  });

  it('stays open for the next attacher unless it is to be attached once', async () => {
    const spec = fixture.spec(['sh', '-c', 'read a; read b; echo $a $b'], { OpenStdin: true });
    await fixture.tasks.create(spec);
    await fixture.tasks.start(spec.id);
    const first = await fixture.tasks.attach(spec.id, null, { stdin: true, stdout: true, stderr: true });
    first.end('one\n');
    const second = await fixture.tasks.attach(spec.id, null, { stdin: true, stdout: true, stderr: true });
    second.write('two\n');
    expect((await collect(second)).stdout).toBe('one two\n');
    first.destroy();
    second.destroy();
    await fixture.tasks.wait(spec.id, null);
    await fixture.tasks.delete(spec.id);
  });

  it('is not ended by an attacher that just goes', async () => {
    const spec = fixture.spec(['cat'], { OpenStdin: true, StdinOnce: true });
    await fixture.tasks.create(spec);
    await fixture.tasks.start(spec.id);
    (await fixture.tasks.attach(spec.id, null, { stdin: true, stdout: true, stderr: true })).destroy();
    const next = await fixture.tasks.attach(spec.id, null, { stdin: true, stdout: true, stderr: true });
    next.end('still here');
    expect((await collect(next)).stdout).toBe('still here');
    await fixture.tasks.wait(spec.id, null);
    await fixture.tasks.delete(spec.id);
  });

  it('is at its end when it was not opened', async () => {
    expect(await fixture.run(['sh', '-c', 'cat; readlink /proc/self/fd/0'])).toMatchObject({ exitCode: 0, stdout: '/dev/null\n' });
  });
});
