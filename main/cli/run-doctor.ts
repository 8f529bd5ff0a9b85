import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { Settings } from '../../contract/ipc.ts';
import type { CheckResult, StartRecord } from '../../contract/troubleshoot.ts';
import { hostArch } from '../command-line.ts';
import { runningState } from '../control/control-client.ts';
import { createEngineClient } from '../engine-client/engine-client.ts';
import { controlAddress, hostAddress } from '../host-socket/host-address.ts';
import { readSettingsText } from '../settings/read-settings.ts';
import { defaultSettings } from '../settings/settings-shape.ts';
import { runChecks } from '../troubleshoot/checks.ts';
import { freeSpace } from '../vm/home/data-disk.ts';
import { readStarts } from '../troubleshoot/start-records.ts';
import { checkName, checkSentences } from '../troubleshoot/words.ts';
import { exitCodes, type CliContext } from './verb.ts';

const toldStarts = 5;
const toldLines = 8;
const marks: Record<CheckResult['status'], string> = { good: 'ok     ', warning: 'warning', bad: 'BROKEN ', skipped: '-      ' };

/** `slipway doctor`: the checks of the window's Troubleshoot page and the last starts, for a terminal. Changes nothing. */
export async function runDoctor({ home, say, values }: CliContext): Promise<number> {
  const running = await runningState(controlAddress(home));
  const { path: socketPath } = hostAddress(home);
  const [settings, starts] = await Promise.all([settingsOf(home), readStarts(home, toldStarts)]);
  const engine = createEngineClient(async () => {
    const socket = connect(socketPath);
    await once(socket, 'connect');
    return socket;
  });
  const checks = await runChecks({
    ...{ home, socketPath, settings, engine },
    arch: hostArch() === 'arm64' ? 'arm64' : 'amd64',
    vm: running?.state ?? { status: 'stopped' },
    isRunning: running !== null,
    free: freeSpaceAbove,
  });
  if (values['json'] === true) {
    say(JSON.stringify({ home, running: running !== null, checks: checks.map((check) => ({ ...check, ...checkSentences(check) })), starts }, null, 1));
  } else {
    checks.flatMap(linesOf).forEach(say);
    say('');
    say(starts.length === 0 ? 'No start of the VM has been kept yet.' : `The last starts of the VM (${starts.length}):`);
    starts.flatMap((start, index) => startLines(start, index === 0)).forEach(say);
  }
  return checks.some(({ status }) => status === 'bad') ? exitCodes.failed : exitCodes.good;
}

function linesOf(check: CheckResult): string[] {
  const { found, step } = checkSentences(check);
  const isTrouble = check.status === 'warning' || check.status === 'bad';
  return [
    `${marks[check.status]}  ${checkName(check.id)}: ${found}`,
    ...(isTrouble && step !== undefined ? [`         ${step}`] : []),
    ...(check.command === undefined ? [] : [`         ${check.command}`]),
  ];
}

const outcomes: Record<StartRecord['outcome'], string> = { starting: 'did not get to its end', running: 'came up', failed: 'failed', cancelled: 'was stopped', ended: 'came up and ended by itself' };

/** The newest with its phases and, when it went wrong, the console; the others in a line. */
function startLines({ startedAt, outcome, phases, accelerator, failure, lastLines }: StartRecord, isNewest: boolean): string[] {
  const took = Math.max(0, ...phases.map(({ startedMs = 0, tookMs = 0 }) => startedMs + tookMs));
  const words = `${startedAt}  ${outcomes[outcome]}${accelerator === undefined ? '' : ` with ${accelerator.toUpperCase()}`} after ${(took / 1000).toFixed(1)} s`;
  return [
    `  ${words}${failure === undefined ? '' : `: ${failure.message}`}`,
    ...(failure?.steps ?? []).map(({ text, command }) => `    - ${text}${command === undefined ? '' : ` ${command}`}`),
    ...(isNewest ? phases.map(({ id, status, tookMs, detail }) => `    ${id.padEnd(13)}${tookMs === undefined ? status.padStart(8) : `${tookMs} ms`.padStart(8)}  ${detail ?? ''}`.trimEnd()) : []),
    ...(isNewest && failure !== undefined ? lastLines.slice(-toldLines).map((line) => `    | ${line}`) : []),
  ];
}

/** Before the first start there is no home yet: where it will lie. */
async function freeSpaceAbove(folder: string): Promise<number> {
  return freeSpace(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' || dirname(folder) === folder) throw error;
    return freeSpaceAbove(dirname(folder));
  });
}

/** As the app would take them, without setting a broken file aside. */
async function settingsOf(home: string): Promise<Settings> {
  const text = await readFile(join(home, 'settings.json'), 'utf8').catch(() => '{}');
  const read = readSettingsText(text, defaultSettings());
  return 'settings' in read ? read.settings : defaultSettings();
}
