import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, TaskFixture } from '../testing/task-fixture.ts';

let fixture: TaskFixture;
beforeAll(async () => {
  fixture = await TaskFixture.make();
});
afterAll(async () => {
  await fixture.dispose();
});

const all = { stdin: true, stdout: true, stderr: true };

/** Reads until the text has come. */
async function until(stream: Duplex, wanted: string | RegExp): Promise<string> {
  let text = '';
  while (typeof wanted === 'string' ? !text.includes(wanted) : !wanted.test(text)) {
    const chunk = stream.read() as Buffer | null;
    if (chunk !== null) text += chunk.toString();
    else if (stream.readableEnded) throw new Error(`the stream ended after ${JSON.stringify(text)}`);
    else await once(stream, 'readable');
  }
  return text;
}

describe('a terminal', () => {
  it('is one, has the size that it was made with, and gives output as it is', async () => {
    const { stdout } = await fixture.run(['sh', '-c', 'tty; stty size; echo $TERM; echo err >&2'], { Tty: true }, { ConsoleSize: [40, 120] });
    expect(stdout).toBe('/dev/pts/0\r\n40 120\r\nxterm\r\nerr\r\n');
  });

  it('tells its programs when its size changes', async () => {
    const spec = fixture.spec(['sh', '-c', "trap 'stty size' WINCH; echo ready; sleep 1000 & wait; wait"], { Tty: true });
    await fixture.tasks.create(spec);
    const stream = await fixture.tasks.attach(spec.id, null, all);
    await fixture.tasks.start(spec.id);
    await until(stream, 'ready');
    await fixture.tasks.resize(spec.id, null, { rows: 50, columns: 132 });
    await until(stream, '50 132');
    await fixture.tasks.delete(spec.id, { force: true });
    await expect(fixture.tasks.resize(spec.id, null, { rows: 1, columns: 1 })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('has job control: ^C goes to who is in front', async () => {
    const spec = fixture.spec(['sh'], { Tty: true, OpenStdin: true, StdinOnce: true });
    await fixture.tasks.create(spec);
    const stream = await fixture.tasks.attach(spec.id, null, all);
    await fixture.tasks.start(spec.id);
    stream.write('sh -c \'echo go""ing; exec sleep 1000\'\n');
    await until(stream, /going\r\n/);
    stream.write('\x03');
    await until(stream, '# ');
    stream.write('echo $((6 * 7)); exit 9\n');
    await until(stream, /42\r\n/);
    expect((await fixture.tasks.wait(spec.id, null)).exitCode).toBe(9);
    await fixture.tasks.delete(spec.id);
  });

  it('takes no input when stdin was not opened', async () => {
    const spec = fixture.spec(['sh', '-c', 'echo ready; read -t 1 x; echo "got <$x>"'], { Tty: true });
    await fixture.tasks.create(spec);
    const stream = await fixture.tasks.attach(spec.id, null, all);
    await fixture.tasks.start(spec.id);
    await until(stream, 'ready');
    stream.write('something\n');
    await until(stream, 'got <>');
    await fixture.tasks.wait(spec.id, null);
    await fixture.tasks.delete(spec.id);
  });

  it('of an exec is another one', async () => {
    const spec = fixture.spec(['sleep', '1000']);
    await fixture.tasks.create(spec);
    await fixture.tasks.start(spec.id);
    const wanted = { ...fixture.exec(spec.id, ['sh']), tty: true, openStdin: true, consoleSize: [30, 90] as [number, number] };
    await fixture.tasks.exec(wanted);
    const stream = await fixture.tasks.attach(spec.id, wanted.execId, all);
    stream.write('stty size; tty\n');
    await until(stream, /30 90\r\n\/dev\/pts\/0/);
    stream.write('exit\n');
    expect((await fixture.tasks.wait(spec.id, wanted.execId)).exitCode).toBe(0);
    await expect(fixture.tasks.resize(spec.id, null, { rows: 1, columns: 1 })).rejects.toMatchObject({ kind: 'conflict' });
    await fixture.tasks.delete(spec.id, { force: true });
  });

  it('passes a megabyte through whole and logs it', async () => {
    const spec = fixture.spec(['seq', '1', '150000'], { Tty: true });
    await fixture.tasks.create(spec);
    const output = collect(await fixture.tasks.attach(spec.id, null, all), true);
    await fixture.tasks.start(spec.id);
    const expected = Array.from({ length: 150_000 }, (_, index) => `${index + 1}\r\n`).join('');
    expect((await output).stdout === expected).toBe(true);
    expect(fixture.log(spec.id).map(({ log }) => log).join('') === expected).toBe(true);
    await fixture.tasks.delete(spec.id);
  });
});
