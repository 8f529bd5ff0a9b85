import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { IdleMemory } from '../lib/idle-memory.ts';
import { becomeSubreaper, closeInherited, raiseOpenFiles, tryLock } from '../lib/syscalls/process.ts';
import { ControlServer } from './control-server.ts';
import { isCommand, run } from './command.ts';
import { reapOrphans } from './orphans.ts';
import { ProcessTable, TableError } from './process-table.ts';
import { type AttachRequest, type HelloResult, protocolVersion, type Request } from './protocol.ts';

/**
 * shimd: holds the stdio, the logs and the exit codes of all containers, in a process of its own so that they outlive the
 * engine. `node main.ts --directory DIR [--idle-seconds N]`; prints one line on stdout once its socket answers, and ends
 * by itself when nothing runs and no engine has been connected for N seconds.
 */
const { values } = parseArgs({ options: { directory: { type: 'string' }, 'idle-seconds': { type: 'string', default: '30' } } });
if (values.directory === undefined) throw new Error('shimd: --directory DIR is missing');
const directory = values.directory;
const idleLimit = Number(values['idle-seconds']) * 1000;
const orphanInterval = 1_000;
const settleLimit = 10_000;

// One odd connection or full disk must not take all containers' stdio with it.
process.on('uncaughtException', (error) => complain(error.stack ?? error.message));
process.on('unhandledRejection', (error) => complain(String(error)));
for (const signal of ['SIGHUP', 'SIGINT', 'SIGPIPE'] as const) process.on(signal, () => undefined);

let complaints = 0;
/** A defect that repeats must not fill the disk as well. */
function complain(text: string): void {
  if (complaints++ < 1000) process.stderr.write(`shimd: ${text}\n`);
}

closeInherited();
mkdirSync(directory, { recursive: true, mode: 0o700 });
const lock = openSync(join(directory, 'lock'), 'a', 0o600);
if (!tryLock(lock)) {
  process.stdout.write(`${JSON.stringify({ ready: false, reason: 'another shimd serves this directory' })}\n`);
  closeSync(lock);
  process.exit(3);
}
becomeSubreaper();
// Containers inherit it; dockerd's give as much.
raiseOpenFiles(1_048_576);

const table = new ProcessTable(directory, (exit) => {
  server.broadcast({ event: 'exit', exit });
  idle.touch();
  checkIdle();
});
const server = new ControlServer({ request, attach, onConnectionsChanged: checkIdle });

function attach(wanted: AttachRequest) {
  const joined = table.joinable(wanted);
  return (socket: Socket) => (joined === null ? socket.end() : joined.io.attach(socket, wanted));
}

const idle = new IdleMemory();
idle.touch();

function request(message: unknown): unknown {
  const asked = message as Request;
  idle.touch();
  switch (asked.op) {
    case 'hello':
      return settled().then(() => ({ protocolVersion, pid: process.pid }) satisfies HelloResult);
    case 'launch':
      return underway(table.launch(asked));
    case 'run':
      return underway(
        run(asked.command).then((result) => {
          if (result.exitCode === 0 && asked.transition !== undefined) table.setState(asked.transition.containerId, asked.transition.state);
          return result;
        }),
      );
    case 'release':
      return table.release(asked.containerId, asked.fifo);
    case 'kill':
      if (!table.live(asked).kill(asked.signal)) throw new TableError('ended', 'the process has just ended');
      return null;
    case 'resize':
      if (!table.live(asked).io.resize(asked)) throw new TableError('no-terminal', 'the process has no terminal');
      return null;
    case 'wait':
      return table.wait(asked);
    case 'list':
      return table.list(asked.containerId);
    case 'forget':
      table.forget(asked.containerId);
      return null;
    case 'forgetExec':
      table.forgetExec(asked);
      return null;
    default:
      throw new TableError('bad-request', `unknown op ${JSON.stringify((asked as { op: unknown }).op)}`);
  }
}

const works = new Set<Promise<unknown>>();

function underway<T>(work: Promise<T>): Promise<T> {
  works.add(work);
  const end = () => works.delete(work);
  work.then(end, end);
  return work;
}

/**
 * What a killed engine had asked for goes on here. The next engine asks once, when it starts, what there is: it must not be told before
 * that has come to be, or a container would appear behind its back that nobody knows. A command that hangs must not hold it for ever.
 */
async function settled(): Promise<void> {
  // The last words of the connection before may still lie in its socket.
  await new Promise((resolve) => setImmediate(resolve));
  const limit = Promise.withResolvers<void>();
  const timer = setTimeout(limit.resolve, settleLimit);
  await Promise.race([Promise.allSettled(works), limit.promise]);
  clearTimeout(timer);
}

let idleTimer: NodeJS.Timeout | undefined;
/** Nothing is lost by ending: records and exit codes of ended processes lie in files. */
function checkIdle(): void {
  clearTimeout(idleTimer);
  if (idleLimit > 0 && server.controlCount === 0 && table.activity === 0) idleTimer = setTimeout(() => quit(), idleLimit);
}

function quit(): void {
  server.close();
  table.close();
  process.exit(0);
}
process.on('SIGTERM', quit);

let orphanTimer: NodeJS.Timeout | undefined;
process.on('SIGCHLD', () => {
  orphanTimer ??= setTimeout(() => {
    orphanTimer = undefined;
    // A launch's process is an orphan before it is known.
    if (!table.launching) reapOrphans((pid) => isCommand(pid) || table.isKnown(pid));
  }, orphanInterval).unref();
});

table.restore();
await server.listen(join(directory, 'shimd.sock'));
writeFileSync(join(directory, 'shimd.pid'), `${process.pid}\n`);
process.stdout.write(`${JSON.stringify({ ready: true, pid: process.pid })}\n`);
checkIdle();
