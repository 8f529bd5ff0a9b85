import type { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sendJson, startTestEngine, type Route } from '../../testing/test-engine.ts';
import { serveTestWindow } from '../../testing/test-services.ts';
import { isMissingCommand, ShellGreeting } from './shell-probe.ts';

const upgraded = 'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n';
const params = { id: 'abc', columns: 80, rows: 24 };

interface Exec {
  created: Record<string, unknown>[];
  resized: string[];
  inspected: number;
  /** Resolves once an exec was started without joining it. */
  detached: Promise<void>;
}

/** An engine with one running container in which `started` plays the process. */
async function terminalIn(started: (socket: Duplex) => void, routes: Record<string, Route> = {}) {
  const detached = Promise.withResolvers<void>();
  const exec: Exec = { created: [], resized: [], inspected: 0, detached: detached.promise };
  const resized = Promise.withResolvers<void>();
  const engine = await startTestEngine(
    {
      'POST /containers/abc/exec': (_request, response, body) => {
        exec.created.push(JSON.parse(body) as Record<string, unknown>);
        sendJson(response, 201, { Id: `e${exec.created.length}` });
      },
      'POST /exec/e1/resize': (request, response) => {
        exec.resized.push(request.url?.split('?')[1] ?? '');
        if (exec.resized.length === 2) resized.resolve();
        sendJson(response, 200, {});
      },
      'POST /exec/e2/start': (_request, response) => {
        response.writeHead(200).end();
        detached.resolve();
      },
      'GET /exec/e1/json': (_request, response) => {
        exec.inspected += 1;
        // The first answer comes before the engine has noted the exit.
        sendJson(response, 200, exec.inspected === 1 ? { Running: true, ExitCode: null } : { Running: false, ExitCode: 7 });
      },
      ...routes,
    },
    (_request, socket) => {
      socket.write(upgraded);
      started(socket);
    },
  );
  onTestFinished(() => engine.close());
  return { ...serveTestWindow(engine.client), exec, resized: resized.promise };
}

describe('containers/terminal', () => {
  it('finds the shell, joins both ways, resizes, and tells the exit code', async () => {
    const { window, exec, resized } = await terminalIn((socket) => {
      // Cut inside the greeting: it may come in pieces.
      socket.write('\u001b]slipway;ba');
      setImmediate(() => socket.write('sh;42\u0007$ '));
      socket.on('data', (keys: Buffer) => (String(keys) === 'exit\r' ? socket.end('bye\r\n') : socket.write(keys)));
    });
    window.open(1, 'containers/terminal', params);
    await window.until(() => window.text(1).endsWith('$ '));
    expect(window.data(1)[0]).toEqual({ type: 'opened', command: ['bash'] });
    expect(exec.created[0]).toMatchObject({ Tty: true, AttachStdin: true, ConsoleSize: [24, 80], Env: expect.arrayContaining(['TERM=xterm-256color']) });
    window.say({ type: 'data', stream: 1, payload: { type: 'resize', columns: 120, rows: 40 } });
    window.say({ type: 'data', stream: 1, payload: new TextEncoder().encode('größe') });
    await resized;
    expect(exec.resized).toEqual(['h=24&w=80', 'h=40&w=120']);
    await window.until(() => window.text(1).endsWith('größe'));
    window.say({ type: 'data', stream: 1, payload: new TextEncoder().encode('exit\r') });
    expect(await window.end(1)).toEqual({ type: 'end', stream: 1 });
    expect(window.data(1).at(-1)).toEqual({ type: 'exit', exitCode: 7 });
    expect(exec.created).toHaveLength(1);
  });

  it('runs the command that was asked for, as the user that was asked for', async () => {
    const { window, exec } = await terminalIn((socket) => socket.end('done'));
    window.open(1, 'containers/terminal', { ...params, command: ['ls', '-l'], user: 'app' });
    await window.end(1);
    expect(exec.created[0]).toMatchObject({ Cmd: ['ls', '-l'], User: 'app' });
    expect(window.data(1)[0]).toEqual({ type: 'opened', command: ['ls', '-l'] });
    expect(window.text(1)).toContain('done');
  });

  it.each<[string, (socket: Duplex) => void, Record<string, Route>]>([
    ['in the stream', (socket) => socket.end('OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown\r\n'), {}],
    ['as an answer', () => undefined, { 'POST /exec/e1/start': (_request, response) => sendJson(response, 400, { message: 'crun: executable file `sh` not found in $PATH: No such file or directory' }) }],
  ])('says that there is no shell when the engine says so %s', async (_name, started, routes) => {
    const engine = await startTestEngine(
      { 'POST /containers/abc/exec': (_request, response) => sendJson(response, 201, { Id: 'e1' }), 'POST /exec/e1/resize': (_request, response) => sendJson(response, 500, { message: 'gone' }), ...routes },
      Object.keys(routes).length > 0
        ? (_request, socket) => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 86\r\n\r\n{"message":"crun: executable file `sh` not found in $PATH: No such file or directory"}')
        : (_request, socket) => {
            socket.write(upgraded);
            started(socket);
          },
    );
    onTestFinished(() => engine.close());
    const { window } = serveTestWindow(engine.client);
    window.open(1, 'containers/terminal', params);
    expect(await window.end(1)).toMatchObject({ error: { kind: 'not-found', message: expect.stringContaining('has no shell') } });
    expect(window.data(1)).toEqual([]);
  });

  it('hangs up the shell when the window closes it', async () => {
    const ended = Promise.withResolvers<void>();
    const { window, exec } = await terminalIn((socket) => {
      socket.write('\u001b]slipway;sh;42\u0007# ');
      socket.resume().on('end', () => ended.resolve());
    });
    window.open(1, 'containers/terminal', params);
    await window.until(() => window.text(1).endsWith('# '));
    window.say({ type: 'close', stream: 1 });
    expect(await window.end(1)).toEqual({ type: 'end', stream: 1 });
    await ended.promise;
    await exec.detached;
    expect(exec.created[1]).toMatchObject({ Cmd: ['sh', '-c', 'kill -HUP 42'] });
  });

  it('reads keys only as fast as the process takes them', async () => {
    const { window } = await terminalIn((socket) => {
      socket.write('\u001b]slipway;sh;42\u0007# ');
      socket.pause();
    });
    window.open(1, 'containers/terminal', params);
    await window.until(() => window.text(1).endsWith('# '));
    const credit = () => window.messages.reduce((sum, message) => sum + (message.type === 'credit' ? message.count : 0), 0);
    // A page that sends on without room is cut.
    for (let sent = 0; sent < 2000 && window.closedWith === undefined; sent += 1) {
      window.say({ type: 'data', stream: 1, payload: new Uint8Array(64 * 1024) });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(window.closedWith).toBe('stream 1 sends more than it has room for');
    expect(credit()).toBeLessThan(64);
  });
});

describe('ShellGreeting', () => {
  it('leaves everything after the greeting whole, byte for byte', () => {
    const greeting = new ShellGreeting();
    const rest = Buffer.alloc(70_000, 0xe2);
    expect(Buffer.from(greeting.push(Buffer.concat([Buffer.from('\u001b]slipway;sh;1\u0007'), rest])))).toEqual(rest);
    expect(greeting).toMatchObject({ name: 'sh', pid: 1 });
  });

  it('takes nothing else for one', () => {
    const greeting = new ShellGreeting();
    greeting.push(Buffer.from('prompt \u001b]slipway;bash;1\u0007'));
    greeting.push(Buffer.alloc(1_000_000));
    expect(greeting.name).toBeUndefined();
    expect(greeting.text.length).toBeLessThanOrEqual(4096);
  });

  it.each(['exec: "sh": executable file not found in $PATH', 'executable file `sh` not found in $PATH', 'stat /bin/sh: no such file or directory'])('knows a missing command: %s', (message) => {
    expect(isMissingCommand(message)).toBe(true);
  });
});
