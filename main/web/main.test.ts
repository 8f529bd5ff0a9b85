import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { sendJson, startTestEngine, type TestEngine } from '../testing/test-engine.ts';

/** The web shell as a process of its own, over an engine of the test: command line, lines, signals and what is left behind. */
let home: string;
let engine: TestEngine;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-web-'));
  engine = await startTestEngine({
    'GET /version': (_request, response) => sendJson(response, 200, { Version: '1.2.3', ApiVersion: '1.51' }),
    'GET /containers/json': (_request, response) => sendJson(response, 200, [{ Id: 'abc' }]),
    'GET /events': (_request, response) => response.writeHead(200).flushHeaders(),
  });
  return async () => {
    await engine.close();
    await rm(home, { recursive: true, force: true });
  };
});

interface Running {
  child: ChildProcess;
  lines: string[];
  /** The first line, past or to come, that holds `part`. */
  line(part: string): Promise<string>;
  exit: Promise<number | null>;
}

function run(args: string[], environment: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--no-open', '--home', home, '--engine-socket', engine.socketPath, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      for (const listener of [...listeners]) listener();
    });
  }
  const exit = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  const line = (part: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = lines.find((candidate) => candidate.includes(part));
        if (found !== undefined) resolve(found);
      };
      listeners.add(look);
      look();
      void exit.then((code) => reject(new Error(`ended with ${code} without "${part}":\n${lines.join('\n')}`)));
    });
  return { child, lines, line, exit };
}

async function ready(running: Running): Promise<{ url: string; dockerHost: string; pid: number }> {
  return JSON.parse((await running.line('SLIPWAY_READY ')).slice('SLIPWAY_READY '.length)) as { url: string; dockerHost: string; pid: number };
}

const exists = (path: string) => access(path).then(() => true, () => false);

describe('the web shell', () => {
  it('tells a launcher where it is, passes the Docker API on, and ends cleanly on SIGINT', async () => {
    const shell = run([], { SLIPWAY_LAUNCHER: '1' });
    const { url, dockerHost, pid } = await ready(shell);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/);
    expect(pid).toBe(shell.child.pid);
    expect(dockerHost).toBe(`unix://${join(home, 'run/docker.sock')}`);
    await shell.line('The engine (1.2.3, external) answers');

    const redirect = join(home, 'run', 'open.html');
    expect((await stat(redirect)).mode & 0o777).toBe(0o600);
    expect(await readFile(redirect, 'utf8')).toContain(url);
    expect((await stat(home)).mode & 0o077).toBe(0);
    expect(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).not.toContain('token');

    const answer = await new Promise<unknown>((resolve, reject) => {
      request({ socketPath: join(home, 'run/docker.sock'), path: '/containers/json' }, (response) => resolve(json(response))).on('error', reject).end();
    });
    expect(answer).toEqual([{ Id: 'abc' }]);

    shell.child.kill('SIGINT');
    expect(await shell.exit).toBe(0);
    expect(await exists(redirect)).toBe(false);
    expect(await exists(join(home, 'run/docker.sock'))).toBe(false);
  });

  it('takes a signal that comes twice at once as one wish', async () => {
    const shell = run([], { SLIPWAY_LAUNCHER: '1' });
    await ready(shell);
    shell.child.kill('SIGINT');
    shell.child.kill('SIGTERM');
    expect(await shell.exit).toBe(0);
  });

  it('prints an address for a person when nobody else launched it', async () => {
    const shell = run(['--port', '0'], { SLIPWAY_LAUNCHER: '' });
    expect(await shell.line('#token=')).toMatch(/^ {2}http:\/\/127\.0\.0\.1:\d+\/#token=/);
    expect(await shell.line('docker --host')).toContain(`unix://${join(home, 'run/docker.sock')} ps`);
  });

  it('refuses a second instance with the same home, and leaves the first alone', async () => {
    const first = run([], { SLIPWAY_LAUNCHER: '1' });
    await ready(first);
    const second = run([], { SLIPWAY_LAUNCHER: '1' });
    expect(await second.exit).toBe(1);
    expect(second.lines.join('\n')).toContain('Another Slipway is running');
    expect(second.lines.join('\n')).toContain('--home DIR');
    expect(await exists(join(home, 'run/docker.sock'))).toBe(true);
    expect(first.child.exitCode).toBeNull();
  });

  it('says that its port is taken, and leaves nothing behind', async () => {
    const first = run([], { SLIPWAY_LAUNCHER: '1' });
    const { port } = new URL((await ready(first)).url);
    const second = run(['--home', join(home, 'other'), '--port', port]);
    expect(await second.exit).toBe(1);
    expect(second.lines.join('\n')).toContain(`Port ${port} of 127.0.0.1 is taken`);
    expect(await exists(join(home, 'other/run/docker.sock'))).toBe(false);
  });

  it('stays up and says what to do when the engine does not answer', async () => {
    await engine.close();
    const shell = run([], { SLIPWAY_LAUNCHER: '1' });
    await ready(shell);
    expect(await shell.line('The start failed at engine')).toContain(engine.socketPath);
    expect(shell.child.exitCode).toBeNull();
  });

  it('refuses an option that it does not know', async () => {
    const shell = run(['--prot', '1']);
    expect(await shell.exit).toBe(1);
    expect(shell.lines.join('\n')).toContain('--port N');
  });
});
