import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { busyboxArchive } from '../fixture/busybox-archive.ts';
import { startBusyboxEngine } from '../fixture/busybox-engine.ts';
import { Dockerd } from '../fixture/dockerd.ts';
import type { NativeEngine } from '../fixture/native-engine.ts';
import { nouns } from '../oracle/cases.ts';
import { findingsOf } from '../oracle/findings.ts';
import type { Side } from '../oracle/replay/compare.ts';
import { normalise } from '../oracle/replay/normalise.ts';
import type { Masks } from '../oracle/replay/normalise.ts';
import { image } from '../oracle/replay/oracle-case.ts';
import type { OracleCase } from '../oracle/replay/oracle-case.ts';
import { cleanUp, replay } from '../oracle/replay/replay.ts';
import { differenceLine } from '../oracle/replay/report.ts';
import { send } from '../oracle/replay/wire.ts';
import type { Reply } from '../oracle/replay/wire.ts';

/**
 * Some cases of the differential suite beside what dockerd 20.10.24 answered on a machine with cgroup v1, for machines without one.
 * `SLIPWAY_GOLDENS=write` asks Debian's dockerd anew.
 */
const golden = fileURLToPath(new URL('testdata/replies.golden.json', import.meta.url));
const kept: Record<string, readonly string[]> = {
  containers: ['inspect of a running container', 'update'],
  exec: ['what is refused', 'output and exit code', 'stdout alone', 'detached', 'environment, folder and user', 'in a paused container', 'in a container that has ended since', 'resize'],
};
const chosen = nouns.flatMap(({ noun, cases }) => cases.filter(({ name }) => kept[noun]?.includes(name)).map((oracleCase) => ({ noun, name: oracleCase.name, oracleCase })));

let engine: NativeEngine;
let expected: Record<string, Reply[]>;

beforeAll(async () => {
  if (process.env['SLIPWAY_GOLDENS'] === 'write') await capture();
  engine = await startBusyboxEngine();
  expected = JSON.parse(readFileSync(golden, 'utf8')) as Record<string, Reply[]>;
}, 300_000);

afterAll(async () => {
  await engine?.dispose();
});

async function answers(socket: string, masks: Masks, oracleCase: OracleCase): Promise<Reply[]> {
  const replies: Reply[] = [];
  await replay({ socket, masks }, oracleCase, (index, reply) => (replies[index] = { ...reply, body: machineless(normalise(reply.body, masks)) }));
  await cleanUp({ socket, masks }, image);
  return replies;
}

/** Without what another machine, or another busybox, answers otherwise. */
function machineless(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/sha256:[0-9a-f]{64}/g, '<digest>').replace(/(not available - requested 99, available: )[\d,-]+/, '$1<cpus>');
  if (Array.isArray(value)) return value.map(machineless);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (['CgroupnsMode', 'Warnings'].includes(key) ? [] : [[key, machineless(item)]])));
}

async function capture(): Promise<void> {
  const dockerd = await Dockerd.start();
  try {
    const body = readFileSync(busyboxArchive(image));
    await send(dockerd.socket, { method: 'POST', path: '/v1.41/images/load?quiet=1', headers: { 'Content-Type': 'application/x-tar' }, body });
    const masks: Masks = { folders: [[join(dockerd.directory, 'data'), '<root>'], [join(dockerd.directory, 'exec'), '<exec root>']] };
    const captured: Record<string, Reply[]> = {};
    for (const { noun, name, oracleCase } of chosen) captured[`${noun}: ${name}`] = await answers(dockerd.socket, masks, oracleCase);
    for (const { headers } of Object.values(captured).flat()) for (const name of ['date', 'content-length']) delete headers[name];
    writeFileSync(golden, `${JSON.stringify(captured, null, 1)}\n`);
  } finally {
    await dockerd.dispose();
  }
}

test('every case is one of the suite', () => {
  expect(chosen.length).toBe(Object.values(kept).flat().length);
});

test.each(chosen)('$noun: $name', async ({ noun, name, oracleCase }) => {
  const masks: Masks = { folders: [[join(engine.directory, 'root/exec'), '<exec root>'], [join(engine.directory, 'root'), '<root>']] };
  const sides = (replies: Reply[]) => replies.map((reply): Side => ({ reply, masks: { folders: [] } }));
  const findings = findingsOf(noun, oracleCase, sides(await answers(engine.socket, masks, oracleCase)), sides(expected[`${noun}: ${name}`]!));
  expect(findings.filter(({ reason }) => reason === undefined).map((each) => `${each.request}: ${differenceLine(each)}`)).toEqual([]);
});
