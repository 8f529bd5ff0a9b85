import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sendJson, startTestEngine, type Route, type TestEngine } from '../testing/test-engine.ts';
import { acquireInstanceLock } from '../vm/home/instance-lock.ts';
import { fakeQcow2 } from '../vm/testing/fake-driver.ts';
import { runCli } from './run.ts';

// Each start is a process that loads the whole app, on machines that have much else to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

/** `slipway` with a real process in the background, over an engine of the test in the place of a VM. */
let home: string;
let engine: TestEngine;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-cli-'));
  const ping: Route = (_request, response) => response.writeHead(200, { 'Api-Version': '1.47', Ostype: 'linux' }).end();
  engine = await startTestEngine({
    'HEAD /_ping': ping,
    'GET /_ping': ping,
    'GET /version': (_request, response) => sendJson(response, 200, { Version: '1.2.3', ApiVersion: '1.51' }),
    'GET /v1.47/containers/json': (_request, response) => sendJson(response, 200, []),
    'GET /events': (_request, response) => response.writeHead(200).flushHeaders(),
  });
  return async () => {
    await slipway('stop');
    await engine.close();
    await rm(home, { recursive: true, force: true });
  };
});

async function slipway(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const said: string[] = [];
  const complaints: string[] = [];
  const code = await runCli(args, {
    installation: { version: '0.0.0', imageDirectory: join(home, 'image'), windowDirectory: join(home, 'window'), self: [process.execPath, join(import.meta.dirname, 'main.ts')] },
    environment: { PATH: process.env['PATH'], SLIPWAY_HOME: home, DOCKER_CONFIG: join(home, 'docker config') },
    say: (line) => said.push(line),
    complain: (line) => complaints.push(line),
    signal: new AbortController().signal,
  });
  return { code, stdout: said.join('\n'), stderr: complaints.join('\n') };
}

const status = async () => JSON.parse((await slipway('status', '--json')).stdout) as Record<string, unknown>;

describe('slipway', () => {
  it('starts in the background, tells its state, opens a window, and stops', async () => {
    const startHere = (...args: string[]) => slipway('start', '--engine-socket', engine.socketPath, ...args);
    expect(await slipway('status')).toEqual({ code: 3, stdout: 'Slipway does not run. Start it: slipway start', stderr: '' });
    expect(await startHere()).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/The engine \(1\.2\.3, external\) answers after \d+ ms\.\ndocker --context slipway ps$/) });
    const found = await status();
    expect(found).toMatchObject({ running: true, status: 'running', home, engineVersion: '1.2.3', accelerator: 'external', dockerHost: `unix://${home}/run/docker.sock`, pid: expect.any(Number) });
    expect((await slipway('status')).stdout).toContain(`unix://${home}/run/docker.sock, context slipway`);
    if (spawnSync('docker', ['--version']).status === 0) {
      const docker = promisify(execFile)('docker', ['--context', 'slipway', 'ps', '-q'], { env: { PATH: process.env['PATH'], HOME: home, DOCKER_CONFIG: join(home, 'docker config') } });
      expect(await docker).toEqual({ stdout: '', stderr: '' });
      expect(engine.requests).toContain('GET /v1.47/containers/json');
    }

    // A second start is no second Slipway.
    expect(await startHere('--use')).toMatchObject({ code: 0, stderr: expect.stringContaining('runs already'), stdout: expect.stringMatching(/^docker ps$/m) });
    expect((await status())['pid']).toBe(found['pid']);

    const opened = await slipway('open', '--print');
    expect(opened).toMatchObject({ code: 0, stdout: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/) });
    const { origin, hash } = new URL(opened.stdout);
    const knock = async () => (await fetch(`${origin}/session`, { method: 'POST', headers: { Origin: origin, 'Content-Type': 'application/json' }, body: JSON.stringify({ token: hash.slice('#token='.length) }) })).status;
    expect([await knock(), await knock()]).toEqual([200, 401]);
    expect((await stat(join(home, 'run/open.html'))).mode & 0o777).toBe(0o600);

    const control = join(home, 'run/control.sock');
    expect((await stat(control)).mode & 0o777).toBe(0o600);
    const ask = async (line: string) => {
      const socket = connect(control);
      socket.write(line);
      return JSON.parse(await text(socket)) as unknown;
    };
    expect(await ask('{"wish":"obey"}\n')).toMatchObject({ type: 'error', error: { kind: 'invalid', hint: expect.stringContaining('different versions') } });
    expect(await ask('x'.repeat(1000))).toMatchObject({ type: 'error' });
    // Who leaves in the middle is forgotten.
    connect(control).end('{"wish":"watch"}\n');

    const { checks } = JSON.parse((await slipway('doctor', '--json')).stdout) as { checks: { id: string; status: string; found: string }[] };
    const socket = () => checks.find(({ id }) => id === 'socket');
    expect(socket()).toMatchObject({ status: 'good', found: `The docker CLI reaches the engine at ${home}/run/docker.sock.` });
    await chmod(control, 0o666);
    expect(await slipway('doctor')).toMatchObject({ code: 1, stdout: expect.stringMatching(/^BROKEN {3}Docker socket: Others than you can reach .*control\.sock \(of user \d+, mode 0666\).*\n {9}Stop Slipway/m) });

    expect(await slipway('stop')).toEqual({ code: 0, stdout: 'Slipway is stopped.', stderr: '' });
    await expect.poll(() => isAlive(found['pid'] as number)).toBe(false);
    expect(await status()).toEqual({ running: false, status: 'stopped', home });
  });

  it('tells of the last starts, and of a computer on which nothing has run yet', async () => {
    const nowhere = await slipway('--home', join(home, 'not', 'there'), 'doctor');
    expect(nowhere.stdout).toMatch(/^-.*Docker socket: Slipway does not run\.$/m);
    expect(nowhere.stdout).toMatch(/^ok.*Disk: .* free where .*not\/there lies\.$/m);
    expect(nowhere.stdout).toContain('No start of the VM has been kept yet.');
    await mkdir(join(home, 'starts'));
    const failure = { code: 'boot-timeout', phase: 'kernel', message: 'The VM hangs while it boots.', steps: [{ text: 'Try again.', command: 'npm start' }] };
    const record = { startedAt: '2026-01-01T00:00:00.000Z', version: '0', outcome: 'failed', phases: [{ id: 'kernel', status: 'failed', startedMs: 200, tookMs: 1500 }], failure, lastLines: ['Kernel panic'] };
    await writeFile(join(home, 'starts', '2026.json'), JSON.stringify(record));
    expect((await slipway('doctor')).stdout).toMatch(/failed after 1\.7 s: The VM hangs while it boots\.\n {4}- Try again\. npm start\n {4}kernel +1500 ms\n {4}\| Kernel panic/);
  });

  it('exports the data disk to a file and takes it back, but not while the VM runs', async () => {
    const file = join(home, 'export.slipway');
    expect(await slipway('data', 'export', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing has been started here yet') });
    await writeFile(join(home, 'data.qcow2'), fakeQcow2());
    expect(await slipway('data', 'export', file)).toMatchObject({ code: 0, stdout: expect.stringMatching(/export\.slipway is written: 0\.0 MiB\.$/) });
    expect(await slipway('data', 'export', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('--force') });

    // The lock of a VM that runs, here of this very process.
    const lock = await acquireInstanceLock(join(home, 'run', 'lock'), () => Promise.resolve());
    for (const args of [['export', file, '--force'], ['import', file]]) expect(await slipway('data', ...args)).toMatchObject({ code: 1, stderr: expect.stringMatching(/its disk is in use[^]*slipway stop, or give --stop/) });
    await lock.release();

    await mkdir(join(home, 'snapshot'));
    const imported = await slipway('data', 'import', file);
    expect(imported).toMatchObject({ code: 0, stdout: expect.stringMatching(/is kept as .*data\.qcow2\.before-import-/) });
    expect((await readdir(home)).filter((name) => /data|snapshot|lock/.test(name))).toEqual(['data.qcow2', expect.stringMatching(/before-import/)]);
    await writeFile(file, 'something else');
    expect(await slipway('data', 'import', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('is no export of a Slipway data disk') });

    await mkdir(join(home, 'suspended'));
    await writeFile(join(home, 'suspended', 'about.json'), '{}');
    expect(await slipway('data', 'export', file, '--force')).toMatchObject({ code: 1, stderr: expect.stringContaining('is suspended') });
  });

  it('says why a start fails, and leaves nothing running', async () => {
    const missing = join(home, 'no.sock');
    expect(await slipway('start', '--engine-socket', missing)).toMatchObject({ code: 1, stdout: expect.stringContaining(`No engine answers on ${missing}`) });
    expect(await slipway('status')).toMatchObject({ code: 3 });
  });

  it('says why not even the app comes up', async () => {
    await writeFile(join(home, 'run'), 'in the way of a folder');
    expect(await slipway('start', '--engine-socket', engine.socketPath)).toMatchObject({ code: 1, stderr: expect.stringContaining(`Cannot listen on ${home}/run/docker.sock`) });
    await rm(join(home, 'run'));
  });

  it.each([
    [['staat'], 'Did you mean start or stop or status?'],
    [['status', '--jsn'], "Unknown option '--jsn'. Usage: slipway status [--json]"],
    [['stop', 'now'], '"now" is one word too many'],
    [['--home'], '--home needs a folder'],
    [['data', 'exprt'], 'See slipway --help'],
  ])('refuses %o with what would be right', async (args, words) => {
    expect(await slipway(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(words) });
  });

  it('helps, with and without a command', async () => {
    expect(await slipway()).toMatchObject({ code: 0, stdout: expect.stringContaining('status') });
    expect((await slipway('help', 'start')).stdout).toBe((await slipway('start', '--help')).stdout);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
