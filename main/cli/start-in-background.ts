import { spawn } from 'node:child_process';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ControlAnswer } from '../control/control-protocol.ts';
import { askControl } from '../control/control-client.ts';
import { Failure } from '../failure.ts';
import { controlAddress } from '../host-socket/host-address.ts';
import type { CliContext } from './verb.ts';

const lookMs = 20;
const longestLog = 1024 * 1024;

/** Answers of a Slipway that runs and has been asked to start its VM; one is started where none runs. */
export async function startInBackground(context: CliContext, options: readonly string[]): Promise<{ answers: AsyncIterable<ControlAnswer>; isNew: boolean }> {
  const control = controlAddress(context.home);
  const running = await askControl(control, 'start');
  if (running !== null) return { answers: running, isNew: false };
  const logFile = join(context.home, 'background.log');
  const child = await spawnBackground(context, options, logFile);
  for (;;) {
    const answers = await askControl(control, 'watch');
    if (answers !== null) return { answers, isNew: true };
    if (child.ended !== undefined) {
      const said = (await readFile(logFile, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-4).join('\n');
      throw new Failure('internal', said === '' ? `Slipway ended at once (${child.ended}).` : said.replace(/^slipway: /, ''), { hint: `Its messages are in ${logFile}.` });
    }
    context.signal.throwIfAborted();
    await delay(lookMs);
  }
}

/** A process that outlives this one and its terminal. */
async function spawnBackground({ installation, home, environment }: CliContext, options: readonly string[], logFile: string): Promise<{ ended?: string }> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const isLong = await stat(logFile).then(({ size }) => size > longestLog, () => false);
  const log = await open(logFile, isLong ? 'w' : 'a', 0o600);
  try {
    const [program, ...first] = installation.self;
    const child = spawn(program, [...first, 'background', '--home', home, ...options], { detached: true, windowsHide: true, cwd: home, stdio: ['ignore', log.fd, log.fd], env: environment });
    const state: { ended?: string } = {};
    child.once('error', (error) => (state.ended = error.message));
    child.once('exit', (code, signal) => (state.ended = signal ?? `code ${code}`));
    child.unref();
    return state;
  } finally {
    await log.close();
  }
}
