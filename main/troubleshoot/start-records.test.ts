import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import type { StartRecord } from '../../contract/troubleshoot.ts';
import { stoppedVm, type VmFailure, type VmPhase, type VmState } from '../../contract/vm-state.ts';
import type { Vm } from '../vm/vm.ts';
import { keptStarts, readStarts, startsFolder, StartRecorder } from './start-records.ts';

let home: string;
let lines: string[];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-starts-'));
  lines = [];
  return () => rm(home, { recursive: true, force: true });
});

const phases: VmPhase[] = [{ id: 'requirements', status: 'done', startedMs: 0, tookMs: 7 }];
const failure: VmFailure = { code: 'boot-timeout', phase: 'kernel', message: 'The VM hangs while it boots.', steps: [{ text: 'Try again.' }], lastLines: ['slipway: kernel', 'token=canary-4711'] };
const starting = (startedAt: string): VmState => ({ status: 'starting', startedAt, phases });
const running = (startedAt: string): VmState => ({ status: 'running', startedAt, phases, accelerator: 'tcg', engineVersion: '28' });

/** Plays the states and answers what was kept, newest first. */
async function recorded(...states: VmState[]): Promise<StartRecord[]> {
  let tell: (state: VmState) => void = () => undefined;
  const vm = { onState: (listener: typeof tell) => ((tell = listener), () => undefined), consoleLines: () => ['slipway: guest', 'DB_PASSWORD=canary-4711'] } as unknown as Vm;
  const recorder = new StartRecorder({ home, version: '0.1.0', vm, log: (line) => lines.push(line) });
  onTestFinished(() => recorder.close());
  for (const state of states) tell(state);
  await recorder.close();
  return readStarts(home);
}

it('keeps a start that came up: phases, accelerator, and what the console said, without secrets', async () => {
  const [record] = await recorded(starting('2026-01-01T00:00:00.000Z'), running('2026-01-01T00:00:00.000Z'), stoppedVm);
  expect(record).toEqual({ startedAt: '2026-01-01T00:00:00.000Z', version: '0.1.0', outcome: 'running', phases, accelerator: 'tcg', engineVersion: '28', lastLines: ['slipway: guest', 'DB_PASSWORD=[removed]'] });
  const [name = ''] = await readdir(startsFolder(home));
  expect((await stat(join(startsFolder(home), name))).mode & 0o777).toBe(0o600);
});

it.each<[string, VmState[], StartRecord['outcome']]>([
  ['failed', [starting('t1'), { status: 'failed', phases, failure }], 'failed'],
  ['ended long after it had come up', [starting('t1'), running('t1'), { status: 'failed', phases, failure }], 'ended'],
  ['was stopped by a person', [starting('t1'), { status: 'stopping', phases }, stoppedVm], 'cancelled'],
  ['is under way, or was cut off', [starting('t1')], 'starting'],
])('tells a start that %s', async (_name, states, outcome) => {
  const [record] = await recorded(...states);
  expect(record?.outcome).toBe(outcome);
  if (outcome === 'failed' || outcome === 'ended') {
    expect(record).toMatchObject({ endedAt: expect.any(String), failure: { code: 'boot-timeout', steps: [{ text: 'Try again.' }] }, lastLines: ['slipway: kernel', 'token=[removed]'] });
    expect(record?.failure).not.toHaveProperty('lastLines');
  }
});

it('keeps two starts apart, and no more than a bounded number', async () => {
  const times = Array.from({ length: keptStarts + 3 }, (_, index) => `2026-01-01T00:00:${String(index).padStart(2, '0')}.000Z`);
  for (const time of times) await recorded(starting(time), running(time), stoppedVm);
  expect((await readStarts(home)).map(({ startedAt }) => startedAt)).toEqual(times.toReversed().slice(0, keptStarts));
  expect(await readStarts(home, 2)).toHaveLength(2);
});

it('passes over a file that is no record, and says once that none can be kept', async () => {
  await recorded(starting('t1'), running('t1'));
  await writeFile(join(startsFolder(home), 't2.json'), '{"startedAt": ');
  expect(await readStarts(home)).toHaveLength(1);
  await rm(startsFolder(home), { recursive: true });
  await writeFile(startsFolder(home), 'in the way');
  expect(await recorded(starting('t3'), running('t3'))).toEqual([]);
  expect(lines).toEqual([expect.stringContaining('could not be kept')]);
  expect(await readFile(startsFolder(home), 'utf8')).toBe('in the way');
});
