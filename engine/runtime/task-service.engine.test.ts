import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, TaskFixture } from '../testing/task-fixture.ts';

let fixture: TaskFixture;
beforeAll(async () => {
  fixture = await TaskFixture.make();
});
afterAll(async () => {
  await fixture.dispose();
});

describe('a task', () => {
  it('runs and answers its exit code', async () => {
    expect(await fixture.run(['true'])).toMatchObject({ exitCode: 0, oomKilled: false });
    expect(await fixture.run(['false'])).toMatchObject({ exitCode: 1 });
    expect(await fixture.run(['sh', '-c', 'exit 77'])).toMatchObject({ exitCode: 77 });
    expect(await fixture.run(['sh', '-c', 'kill -9 $$'])).toMatchObject({ exitCode: 137 });
  });

  it('loses no output between create and start', async () => {
    expect(await fixture.run(['sh', '-c', 'echo out; echo err >&2; printf tail'])).toMatchObject({ stdout: 'out\ntail', stderr: 'err\n' });
  });

  it('passes 10 MB through whole', async () => {
    const { stdout } = await fixture.run(['sh', '-c', 'seq 1 1500000']);
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
  });

  it('reads stdin to its end', async () => {
    const spec = fixture.spec(['sh', '-c', 'cat; echo done'], { OpenStdin: true, StdinOnce: true });
    await fixture.tasks.create(spec);
    const stream = await fixture.tasks.attach(spec.id, null, { stdin: true, stdout: true, stderr: true });
    await fixture.tasks.start(spec.id);
    const text = 'x'.repeat(1_000_000);
    stream.end(text);
    expect((await collect(stream)).stdout).toBe(`${text}done\n`);
    expect((await fixture.tasks.wait(spec.id, null)).exitCode).toBe(0);
  });
});
