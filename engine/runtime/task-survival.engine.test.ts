import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskExit, TaskSpec } from '../containers/collaborators.ts';
import { shimdEntry } from '../testing/engine-entry.ts';
import { collect, TaskFixture } from '../testing/task-fixture.ts';

let fixture: TaskFixture;
beforeAll(async () => {
  fixture = await TaskFixture.make();
});
afterAll(async () => {
  await fixture.dispose();
});

const clientProgram = fileURLToPath(new URL('../testing/task-client.ts', import.meta.url));

/** Lets another engine start the task, and kills that engine. @returns the task's process number */
async function startAndKillEngine(spec: TaskSpec, attach = false): Promise<number> {
  const args = [clientProgram, fixture.execRoot, JSON.stringify(spec), ...(attach ? ['attach'] : [])];
  const engine = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(engine.stdout, 'data')) as [Buffer];
  engine.kill('SIGKILL');
  await once(engine, 'exit');
  return Number(line);
}

/** Who has ended but is not yet collected does not run; the first process of some machines collects nobody. */
function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

/** A shell that goes on when the test makes this file. */
const untilFile = (name: string) => `while [ ! -e /tmp/${name} ]; do sleep 0.02; done`;
const makeFile = (name: string) => writeFileSync(join(fixture.rootfs, 'tmp', name), '');

describe('when the engine is killed', () => {
  it('its containers run on, with log and exit code whole', async () => {
    const spec = fixture.spec(['sh', '-c', `echo before; ${untilFile('go-on')}; seq 1 20000; echo after >&2; exit 42`]);
    const pid = await startAndKillEngine(spec);
    await fixture.replaceService();
    const heard: TaskExit[] = [];
    fixture.tasks.onExit((exit) => heard.push(exit));
    expect(await fixture.tasks.list()).toEqual([{ containerId: spec.id, pid, status: 'running' }]);
    makeFile('go-on');
    const exit = await fixture.tasks.wait(spec.id, null);
    expect(exit.exitCode).toBe(42);
    const text = fixture.log(spec.id);
    expect(text.filter(({ stream }) => stream === 'stdout').map(({ log }) => log)).toEqual(['before\n', ...Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`)]);
    expect(text.filter(({ stream }) => stream === 'stderr').map(({ log }) => log)).toEqual(['after\n']);
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual([exit]);
    await fixture.tasks.delete(spec.id);
  });

  it('an exit that happens meanwhile is known to the next engine', async () => {
    const spec = fixture.spec(['sh', '-c', `${untilFile('end')}; exit 7`]);
    const pid = await startAndKillEngine(spec);
    await fixture.tasks.close();
    makeFile('end');
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
    await fixture.replaceService();
    const heard: TaskExit[] = [];
    fixture.tasks.onExit((exit) => heard.push(exit));
    const [task] = await fixture.tasks.list();
    expect(task).toMatchObject({ containerId: spec.id, status: 'stopped', exit: { exitCode: 7 } });
    expect(await fixture.tasks.wait(spec.id, null)).toEqual(task!.exit);
    expect(heard).toEqual([]);
    await fixture.tasks.delete(spec.id);
  });

  it('what it was just creating is known to the next engine, which asks only once', async () => {
    const { id } = fixture.spec([]);
    const command = ['sh', '-c', 'sleep 0.5; sleep 1000 <&- & echo $! > "$0"', '{pid}'];
    const launch = { id: 1, op: 'launch', containerId: id, execId: null, command, tty: false, openStdin: false, stdinOnce: false, log: null, oomFile: null };
    await fixture.tasks.list();
    const engine = connect(join(fixture.execRoot, 'shimd/shimd.sock'));
    await new Promise((resolve) => engine.end(`{"control":1}\n${JSON.stringify(launch)}\n`, () => resolve(undefined)));
    engine.destroy();
    await fixture.replaceService();
    expect(await fixture.tasks.list()).toMatchObject([{ containerId: id, status: 'created' }]);
    await fixture.tasks.delete(id, { force: true });
  });

  it('what crun has made and shimd does not know is removed', async () => {
    const kept = fixture.spec(['sleep', '1000']);
    const stray = fixture.spec(['sleep', '1000']);
    await fixture.tasks.create(kept);
    const { pid } = await fixture.tasks.create(stray);
    const shimd = fixture.shimdPid();
    rmSync(join(fixture.execRoot, 'shimd/tasks', stray.id), { recursive: true });
    process.kill(shimd, 'SIGKILL');
    await expect.poll(() => isRunning(shimd), { timeout: 10_000 }).toBe(false);
    await fixture.replaceService();
    expect(await fixture.tasks.removeStrays()).toEqual([stray.id]);
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
    expect(existsSync(join(fixture.execRoot, 'crun', stray.id))).toBe(false);
    expect(existsSync(join(fixture.execRoot, 'bundles', stray.id))).toBe(false);
    expect(await fixture.tasks.list()).toMatchObject([{ containerId: kept.id, status: 'created' }]);
    await fixture.tasks.delete(kept.id, { force: true });
  });

  it('stdin stays open for the next attacher', async () => {
    const spec = fixture.spec(['sh', '-c', 'while read line; do echo "got $line"; done; echo end'], { OpenStdin: true, StdinOnce: true });
    await startAndKillEngine(spec, true);
    await fixture.replaceService();
    const stream = await fixture.tasks.attach(spec.id, null, { stdin: true, stdout: true, stderr: true });
    stream.end('from the second engine\n');
    expect((await collect(stream)).stdout).toContain('got from the second engine\nend\n');
    expect((await fixture.tasks.wait(spec.id, null)).exitCode).toBe(0);
    expect(fixture.log(spec.id)[0]!.log).toBe('got from the first engine\n');
    await fixture.tasks.delete(spec.id);
  });
});

describe('when shimd is killed', () => {
  it('another one takes over: the container runs on, and says all into its log', async () => {
    const spec = fixture.spec(['sh', '-c', `echo before; ${untilFile('more')}; seq 1 50000; exit 3`]);
    await fixture.tasks.create(spec);
    await fixture.tasks.start(spec.id);
    const shimd = fixture.shimdPid();
    process.kill(shimd, 'SIGKILL');
    makeFile('more');
    const waiting = fixture.tasks.wait(spec.id, null);
    const exit = await waiting;
    expect(fixture.shimdPid()).not.toBe(shimd);
    // It was no child of the second shimd, so nobody can tell how it ended.
    expect(exit).toMatchObject({ containerId: spec.id, exitCode: 255 });
    expect(fixture.log(spec.id).map(({ log }) => log)).toEqual(['before\n', ...Array.from({ length: 50_000 }, (_, index) => `${index + 1}\n`)]);
    await fixture.tasks.delete(spec.id);
  });

  it('the command of a launch that it was busy with ends too', async () => {
    const { id } = fixture.spec([]);
    const number = join(fixture.directory, 'command');
    const command = ['sh', '-c', 'echo $$ > "$1"; while :; do sleep 0.02; done', '{pid}', number];
    const launch = { id: 1, op: 'launch', containerId: id, execId: null, command, tty: false, openStdin: false, stdinOnce: false, log: null, oomFile: null };
    await fixture.tasks.list();
    const engine = connect(join(fixture.execRoot, 'shimd/shimd.sock'));
    engine.on('error', () => undefined);
    engine.write(`{"control":1}\n${JSON.stringify(launch)}\n`);
    await expect.poll(() => existsSync(number) && readFileSync(number, 'utf8') !== '', { timeout: 10_000 }).toBe(true);
    const pid = Number(readFileSync(number, 'utf8'));
    process.kill(fixture.shimdPid(), 'SIGKILL');
    await fixture.replaceService();
    expect(await fixture.tasks.list()).toEqual([]);
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
    expect(existsSync(join(fixture.execRoot, 'shimd/tasks', id))).toBe(false);
  });

  it('while it pauses or resumes a container, the next one does it', async () => {
    const spec = fixture.spec(['sh', '-c', 'while :; do echo tick; sleep 0.02; done']);
    await fixture.tasks.create(spec);
    await fixture.tasks.start(spec.id);
    for (const [verb, status] of [['pause', 'paused'], ['resume', 'running']] as const) {
      const shimd = fixture.shimdPid();
      // It has the request in its socket, and dies before it reads it.
      process.kill(shimd, 'SIGSTOP');
      const asked = fixture.tasks[verb](spec.id);
      process.kill(shimd, 'SIGKILL');
      await asked;
      expect(await fixture.tasks.list()).toMatchObject([{ containerId: spec.id, status }]);
    }
    const before = fixture.log(spec.id).length;
    await expect.poll(() => fixture.log(spec.id).length, { timeout: 10_000 }).toBeGreaterThan(before);
    await fixture.tasks.delete(spec.id, { force: true });
  });

  it('and it had not yet noted a pause, the kernel tells of it', async () => {
    const spec = fixture.spec(['sleep', '1000']);
    await fixture.tasks.create(spec);
    await fixture.tasks.start(spec.id);
    await fixture.tasks.pause(spec.id);
    const file = join(fixture.execRoot, 'shimd/tasks', spec.id, 'init/record.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"paused"', '"running"'));
    process.kill(fixture.shimdPid(), 'SIGKILL');
    await fixture.replaceService();
    expect(await fixture.tasks.list()).toMatchObject([{ containerId: spec.id, status: 'paused' }]);
    await fixture.tasks.resume(spec.id);
    expect(await fixture.tasks.list()).toMatchObject([{ containerId: spec.id, status: 'running' }]);
    await fixture.tasks.delete(spec.id, { force: true });
  });

  it('what ended before is still known', async () => {
    const spec = fixture.spec(['sh', '-c', 'exit 5']);
    await fixture.tasks.create(spec);
    await fixture.tasks.start(spec.id);
    const exit = await fixture.tasks.wait(spec.id, null);
    process.kill(fixture.shimdPid(), 'SIGKILL');
    expect(await fixture.tasks.wait(spec.id, null)).toEqual(exit);
    await fixture.tasks.delete(spec.id);
  });
});

describe('shimd', () => {
  it('survives whatever is said to it', async () => {
    const before = fixture.shimdPid();
    const say = async (text: string | Buffer): Promise<string> => {
      const socket: Socket = connect(join(fixture.execRoot, 'shimd/shimd.sock'));
      socket.on('error', () => undefined);
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk.toString()));
      socket.end(text);
      // Not `once`, which takes a reset for a failure.
      await new Promise((resolve) => socket.on('close', resolve));
      return answer;
    };
    expect(await say('nonsense\n')).toContain('bad-request');
    expect(await say('{"attach":{"containerId":1}}\n')).toContain('bad-request');
    expect(await say('{"attach":{"containerId":"nope","execId":null}}\n')).toContain('unknown-process');
    expect(await say(Buffer.alloc(5 * 1024 * 1024, 'x'))).toBe('');
    expect(await say('')).toBe('');
    const socket = connect(join(fixture.execRoot, 'shimd/shimd.sock'));
    const answers: string[] = [];
    socket.write('{"control":1}\nnull\n[]\n"x"\n{"id":1}\n{"id":2,"op":"launch"}\n{"id":3,"op":"run","command":["/no/such/program"]}\n{"id":4,"op":"kill"}\n{"id":5,"op":"launch","containerId":"../../x","execId":null,"command":["true"]}\n\xff\xfe\n{"id":6,"op":"hello"}\n');
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      answers.push(chunk.toString());
      const text = answers.join('');
      if ([1, 2, 3, 4, 5, 6].every((id) => text.includes(`"id":${id},`))) break;
    }
    const replies = answers.join('').trim().split('\n').map((line) => JSON.parse(line) as { id: number; error?: { code: string }; result?: unknown });
    const reply = (id: number) => replies.find((one) => one.id === id)!;
    expect(replies.filter(({ id }) => id === -1)).toHaveLength(4);
    for (const id of [1, 2, 4, 5]) expect(reply(id).error).toBeDefined();
    expect(reply(3).result).toMatchObject({ exitCode: 127 });
    expect(reply(6).result).toMatchObject({ pid: before });
    expect(existsSync(join(fixture.execRoot, 'x'))).toBe(false);
  });

  it('tells of an end that it cannot save', async () => {
    const spec = fixture.spec(['sh', '-c', `${untilFile('no-room')}; exit 4`]);
    await fixture.tasks.create(spec);
    await fixture.tasks.start(spec.id);
    rmSync(join(fixture.execRoot, 'shimd/tasks', spec.id), { recursive: true });
    makeFile('no-room');
    expect((await fixture.tasks.wait(spec.id, null)).exitCode).toBe(4);
    await fixture.tasks.delete(spec.id);
  });

  it('serves a folder once', async () => {
    const second = spawn(process.execPath, [shimdEntry, '--directory', join(fixture.execRoot, 'shimd')]);
    const [line] = (await once(second.stdout, 'data')) as [Buffer];
    expect(line.toString()).toContain('"ready":false');
    await once(second, 'exit');
  });

  it('collects orphans that nobody waits for', async () => {
    // Shares the host's process numbers, so an orphan in it is shimd's.
    const spec = fixture.spec(['sh', '-c', '(sleep 0.1 &) ; (sleep 0.2 &) ; sleep 1000'], {}, { PidMode: 'host' });
    await fixture.tasks.create(spec);
    await fixture.tasks.start(spec.id);
    const shimd = fixture.shimdPid();
    const children = () => readFileSync(`/proc/${shimd}/task/${shimd}/children`, 'utf8').trim().split(' ');
    await expect.poll(() => children().length, { timeout: 10_000 }).toBeGreaterThan(0);
    await expect.poll(() => children().length, { timeout: 10_000, interval: 200 }).toBe(1);
    await fixture.tasks.delete(spec.id, { force: true });
  });

  it('ends by itself when there is nothing to do', async () => {
    const pid = fixture.shimdPid();
    await fixture.tasks.close();
    await expect.poll(() => isRunning(pid), { timeout: 15_000 }).toBe(false);
    await fixture.replaceService();
    expect(await fixture.run(['true'])).toMatchObject({ exitCode: 0 });
  });
});
