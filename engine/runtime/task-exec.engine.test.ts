import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskSpec } from '../containers/collaborators.ts';
import { collect, TaskFixture } from '../testing/task-fixture.ts';

let fixture: TaskFixture;
let spec: TaskSpec;
beforeAll(async () => {
  fixture = await TaskFixture.make();
  spec = fixture.spec(['sleep', '1000'], { Env: ['COLOR=red', 'PATH=/bin'], WorkingDir: '/var/work/deep' });
  await fixture.tasks.create(spec);
  await fixture.tasks.start(spec.id);
});
afterAll(async () => {
  await fixture.dispose();
});

const exec = (...args: string[]) => fixture.exec(spec.id, args);

describe('an exec', () => {
  it('answers output and exit code, and leaves the container running', async () => {
    expect(await fixture.runExec(exec('sh', '-c', 'echo out; echo err >&2; exit 5'))).toEqual({ exitCode: 5, stdout: 'out\n', stderr: 'err\n' });
    expect(await fixture.tasks.list()).toContainEqual(expect.objectContaining({ containerId: spec.id, status: 'running' }));
  });

  it('has the environment, folder and user of the container unless told otherwise', async () => {
    const show = 'echo $COLOR $SIZE $HOSTNAME $HOME $PWD $(id -u):$(id -g)';
    expect((await fixture.runExec(exec('sh', '-c', show))).stdout).toBe('red tester /root /var/work/deep 0:0\n');
    const other = { ...exec('sh', '-c', show), env: ['SIZE=big', 'COLOR=blue'], cwd: '/tmp', user: 'web' };
    expect((await fixture.runExec(other)).stdout).toBe('blue big tester /var/web /tmp 1000:1001\n');
    expect((await fixture.runExec({ ...exec('id'), user: '1234:staff' })).stdout).toBe('uid=1234 gid=50(staff) groups=50(staff)\n');
  });

  it('is under seccomp and has the container’s capabilities; a privileged one has all', async () => {
    const show = ['grep', '-E', '^(Seccomp|CapEff):', '/proc/self/status'];
    expect((await fixture.runExec(exec(...show))).stdout).toBe('CapEff:\t00000000a80425fb\nSeccomp:\t2\n');
    const privileged = await fixture.runExec({ ...exec(...show), privileged: true });
    expect(BigInt(`0x${/CapEff:\t(\w+)/.exec(privileged.stdout)![1]}`)).toBeGreaterThan(0xa80425fbn);
  });

  it.each([
    ['a command that is not there', ['nope'], {}, /exec: "nope": executable file not found in \$PATH/],
    ['a folder as a command', ['/etc'], {}, /exec: "\/etc": permission denied/],
    ['a missing working directory', ['true'], { cwd: '/nope' }, /chdir to cwd \("\/nope"\) set in config.json failed: no such file or directory/],
    ['an unknown user', ['true'], { user: 'nope' }, /unable to find user nope: no matching entries in passwd file/],
    ['nothing', [''], {}, /No exec command specified/],
  ])('refuses %s', async (_, args, change, message) => {
    await expect(fixture.tasks.exec({ ...exec(...args), ...change })).rejects.toMatchObject({
      kind: 'invalid-parameter',
      message: expect.stringMatching(message) as string,
    });
  });

  it('reads stdin to its end', async () => {
    const wanted = { ...exec('wc', '-c'), openStdin: true };
    await fixture.tasks.exec(wanted);
    const stream = await fixture.tasks.attach(spec.id, wanted.execId, { stdin: true, stdout: true, stderr: true });
    stream.end(Buffer.alloc(300_000));
    expect((await collect(stream)).stdout).toBe('300000\n');
  });

  it('waits for who wants to attach', async () => {
    const wanted = exec('sh', '-c', 'echo early; exit 3');
    await fixture.tasks.exec(wanted);
    // As long as this takes, the process itself is over.
    await fixture.runExec(exec('sleep', '0.3'));
    expect((await collect(await fixture.tasks.attach(spec.id, wanted.execId, { stdin: false, stdout: true, stderr: true }))).stdout).toBe('early\n');
    expect((await fixture.tasks.wait(spec.id, wanted.execId)).exitCode).toBe(3);
  });

  it('is as likely a victim of the kernel’s hunger as its container', async () => {
    const meek = fixture.spec(['sleep', '1000'], {}, { OomScoreAdj: 300 });
    await fixture.tasks.create(meek);
    await fixture.tasks.start(meek.id);
    const wanted = { ...fixture.exec(meek.id, ['sleep', '1000']), attached: false };
    const { pid } = await fixture.tasks.exec(wanted);
    expect(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8')).toBe('300\n');
    await fixture.tasks.delete(meek.id, { force: true });
  });

  it('is forgotten when many have come after it', async () => {
    const first = { ...exec('true'), attached: false };
    await fixture.tasks.exec(first);
    await fixture.tasks.wait(spec.id, first.execId);
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 8 }, async () => {
        const next = { ...exec('true'), attached: false };
        await fixture.tasks.exec(next);
        await fixture.tasks.wait(spec.id, next.execId);
      })); // prettier-ignore
    }
    await expect(fixture.tasks.wait(spec.id, first.execId)).rejects.toMatchObject({ kind: 'not-found' });
    expect(readdirSync(join(fixture.execRoot, 'shimd/tasks', spec.id)).length).toBeLessThan(70);
  });

  it('is killed alone', async () => {
    const wanted = { ...exec('sleep', '1000'), attached: false };
    await fixture.tasks.exec(wanted);
    await fixture.tasks.killExec(spec.id, wanted.execId, 9);
    expect((await fixture.tasks.wait(spec.id, wanted.execId)).exitCode).toBe(137);
    await expect(fixture.tasks.killExec(spec.id, wanted.execId, 9)).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('has ended although something in the background keeps its output open', async () => {
    const wanted = exec('sh', '-c', 'echo started; sleep 1000 &');
    expect(await fixture.runExec(wanted)).toMatchObject({ exitCode: 0, stdout: 'started\n' });
  });

  it('is refused where the container has ended, and ends with it', async () => {
    const other = fixture.spec(['sleep', '1000']);
    await fixture.tasks.create(other);
    await fixture.tasks.start(other.id);
    const wanted = { ...fixture.exec(other.id, ['sleep', '1000']), attached: false };
    await fixture.tasks.exec(wanted);
    await fixture.tasks.kill(other.id, 9);
    expect((await fixture.tasks.wait(other.id, wanted.execId)).exitCode).toBe(137);
    await fixture.tasks.wait(other.id, null);
    await expect(fixture.tasks.exec(fixture.exec(other.id, ['true']))).rejects.toThrow(/OCI runtime exec failed/);
    await fixture.tasks.delete(other.id);
    await expect(fixture.tasks.exec(fixture.exec(other.id, ['true']))).rejects.toMatchObject({ kind: 'not-found' });
  });
});
