import type { Duplex } from 'node:stream';
import { encodeStdFrame } from '../../../contract/stdcopy.ts';
import { ConflictError, messageOf } from '../../errors.ts';
import { announce } from '../container-events.ts';
import { isRunning } from '../container.ts';
import type { Container, PendingAttach } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { parseDetachKeys } from './detach-keys.ts';
import { openLogs } from '../logs/stream-logs.ts';
import { bridgeStdio } from './stdio-bridge.ts';

type AttachNeeds = Pick<ContainerDependencies, 'store' | 'tasks' | 'events' | 'log'>;

export interface AttachOptions {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  /** What the container has said so far comes first. */
  logs: boolean;
  /** Stay for what it says from now on. */
  stream: boolean;
  detachKeys: string;
}

/**
 * `docker attach`, and the first half of `docker run`: a client may attach before the start, and then misses nothing.
 * @param open takes the client's connection over; called once it is certain that there is something to attach to.
 * @throws NotFoundError, ConflictError before `open` is called; never after.
 */
export async function attachToContainer(needs: AttachNeeds, reference: string, options: AttachOptions, open: () => Promise<Duplex>): Promise<void> {
  const detachKeys = parseDetachKeys(options.detachKeys);
  const container = needs.store.resolve(reference);
  const { status } = container.state;
  if (status === 'paused') throw new ConflictError(`container ${reference} is paused, unpause the container before attach`);
  if (status === 'restarting') throw new ConflictError(`container ${reference} is restarting, wait until the container is running`);
  if (status === 'removing' || status === 'dead') throw new ConflictError(`container ${reference} is marked for removal and cannot be attached to`);

  const client = await open();
  try {
    if (options.logs) await replayLogs(needs, container, options, client);
    if (!options.stream) client.end();
    else if (isRunning(container.state)) await join(needs, container, options, detachKeys, client);
    else waitForStart(needs, container, options, detachKeys, client);
  } catch (error) {
    const text = Buffer.from(`${messageOf(error)}\r\n`);
    client.end(container.tty ? text : encodeStdFrame('stderr', text));
    return;
  }
  announce(needs.events, container, 'attach');
}

/** Joins the running task; returns as soon as it has joined. */
async function join(needs: AttachNeeds, container: Container, options: AttachOptions, detachKeys: Buffer, client: Duplex): Promise<void> {
  const { config } = container.record;
  const stdin = options.stdin && config.OpenStdin === true;
  const process = await needs.tasks.attach(container.id, null, { stdin, stdout: options.stdout, stderr: options.stderr });
  const bridge = bridgeStdio(client, process, {
    stdin,
    endOfInput: config.StdinOnce === true && !container.tty ? 'close-stdin' : 'leave',
    detachKeys: container.tty ? detachKeys : null,
  });
  void bridge.then((how) => {
    if (how === 'detached') announce(needs.events, container, 'detach');
  });
}

/** Keeps the client until the next start; its input stays in the connection. */
function waitForStart(needs: AttachNeeds, container: Container, options: AttachOptions, detachKeys: Buffer, client: Duplex): void {
  const forget = () => container.pendingAttaches.delete(pending);
  const pending: PendingAttach = {
    async connect() {
      client.off('close', forget);
      await join(needs, container, options, detachKeys, client);
    },
    cancel() {
      client.off('close', forget);
      client.end();
    },
  };
  client.on('close', forget);
  container.pendingAttaches.add(pending);
}

async function replayLogs(needs: AttachNeeds, container: Container, options: AttachOptions, client: Duplex): Promise<void> {
  const logs = await openLogs(needs, container, {
    stdout: options.stdout,
    stderr: options.stderr,
    follow: false,
    tail: null,
    timestamps: false,
    details: false,
    signal: new AbortController().signal,
  });
  for await (const chunk of logs) if (!client.write(chunk)) await drained(client);
}

function drained(client: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      client.off('drain', settle).off('close', settle);
      resolve();
    };
    client.on('drain', settle).on('close', settle);
  });
}
