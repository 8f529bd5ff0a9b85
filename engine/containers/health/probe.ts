import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { StdFrameDecoder } from '../../../contract/stdcopy.ts';
import { ConflictError, messageOf, NotFoundError } from '../../errors.ts';
import { formatGoDuration } from '../../lib/time/go-duration.ts';
import { nowTimestamp } from '../../lib/time/timestamp.ts';
import { SIGKILL } from '../config/signals.ts';
import { announce } from '../container-events.ts';
import type { Container } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import type { HealthCheck } from './health-check.ts';
import type { ProbeResult } from './health-state.ts';

export type ProbeNeeds = Pick<ContainerDependencies, 'tasks' | 'events'>;

/** Tells a probe from the execs of users, to the next engine too. */
const probePrefix = 'probe-';

/** What counts as a failure without an exit code: the probe could not be run, or took too long. */
const noExitCode = -1;
const maxOutput = 4096;

/**
 * Runs a container's healthcheck once, as an exec like any other (moby announces it as one too), and kills it when it
 * takes too long. Never rejects.
 * @param signal kills it as well; what it answers then is of no interest.
 */
export async function runProbe(needs: ProbeNeeds, container: Container, check: HealthCheck, signal: AbortSignal): Promise<ProbeResult> {
  const start = nowTimestamp();
  const output = new LimitedText(maxOutput);
  const result = (exitCode: number, text: string): ProbeResult => ({ Start: start, End: nowTimestamp(), ExitCode: exitCode, Output: text });
  const shownId = randomBytes(32).toString('hex');
  const execId = `${probePrefix}${shownId}`;
  const words = check.command.join(' ');
  const { config, hostConfig } = container.record;
  let timedOut = false;
  const kill = () => void needs.tasks.killExec(container.id, execId, SIGKILL).catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  try {
    announce(needs.events, container, `exec_create: ${words}`, { execID: shownId });
    announce(needs.events, container, `exec_start: ${words}`, { execID: shownId });
    await needs.tasks.exec({
      containerId: container.id,
      execId,
      args: check.command,
      env: config.Env ?? [],
      cwd: config.WorkingDir || '/',
      user: config.User ?? '',
      tty: false,
      openStdin: false,
      privileged: hostConfig.Privileged === true,
      attached: true,
    });
    container.execIds.add(shownId);
    signal.addEventListener('abort', kill, { once: true });
    if (signal.aborted) kill();
    // Node keeps all timers in one list; setTimeout takes 31 bits of milliseconds.
    timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, Math.min(check.timeout / 1e6, 2 ** 31 - 1));
    await gather(await needs.tasks.attach(container.id, execId, { stdin: false, stdout: true, stderr: true }), output);
    const { exitCode } = await needs.tasks.wait(container.id, execId);
    announce(needs.events, container, 'exec_die', { execID: shownId, exitCode: String(exitCode) });
    if (!timedOut) return result(exitCode, output.text);
    const message = `Health check exceeded timeout (${formatGoDuration(check.timeout)})`;
    return result(noExitCode, output.text === '' ? message : `${message}: ${output.text}`);
  } catch (error) {
    return result(noExitCode, messageOf(error));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
    container.execIds.delete(shownId);
  }
}

/** Kills the probe that an engine which died had under way: nobody waits for it, and nobody would end it when it takes too long. */
export async function endProbes({ tasks }: Pick<ProbeNeeds, 'tasks'>, containerId: string): Promise<void> {
  for (const execId of await tasks.execs(containerId)) {
    if (execId.startsWith(probePrefix)) await tasks.killExec(containerId, execId, SIGKILL).catch(ignoreEnded);
  }
}

function ignoreEnded(error: unknown): void {
  if (!(error instanceof ConflictError) && !(error instanceof NotFoundError)) throw error;
}

function gather(stream: Duplex, output: LimitedText): Promise<void> {
  return new Promise((resolve, reject) => {
    const frames = new StdFrameDecoder();
    stream.on('data', (chunk: Buffer) => frames.push(chunk).forEach(({ payload }) => output.add(payload)));
    stream.on('end', resolve).on('close', resolve).on('error', reject);
  });
}

/** The beginning of a text, with dots where it was cut off. */
class LimitedText {
  readonly #limit: number;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #cut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(bytes: Uint8Array): void {
    const kept = Math.min(this.#limit - this.#size, bytes.length);
    if (kept > 0) this.#chunks.push(Uint8Array.prototype.slice.call(bytes, 0, kept));
    this.#size += kept;
    if (kept < bytes.length) this.#cut = true;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString() + (this.#cut ? '...' : '');
  }
}
