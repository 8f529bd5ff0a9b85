import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { busyboxArchive } from '../fixture/busybox-archive.ts';
import { Dockerd, dockerdMissing } from '../fixture/dockerd.ts';
import { NativeEngine } from '../fixture/native-engine.ts';
import { nouns } from './cases.ts';
import { findingsOf } from './findings.ts';
import { image } from './replay/oracle-case.ts';
import type { Noun, OracleCase } from './replay/oracle-case.ts';
import { cleanUp, replay } from './replay/replay.ts';
import type { Replica } from './replay/replay.ts';
import { differenceLine, findingsReport } from './replay/report.ts';
import type { Finding } from './replay/report.ts';
import { send } from './replay/wire.ts';
import type { Reply } from './replay/wire.ts';

/**
 * The same requests to this engine and to a real dockerd, each in its own namespaces. `npm run test:oracle` runs it;
 * `-t "containers"` after `--` limits it to a noun or a case, `SLIPWAY_ORACLE_REPORT=FILE` writes the findings down.
 */
const missing = dockerdMissing();
if (missing !== null) process.stderr.write(`the differential suite is skipped: ${missing}\n`);

/** Milliseconds: a case must end some time. What its requests may take, each by itself, depends on the machine's load. */
const caseLimit = 900_000;

describe.skipIf(missing !== null)('as dockerd', () => {
  let engine: NativeEngine;
  let dockerd: Dockerd;
  let replicas: [ours: Replica, theirs: Replica];
  const findings: Finding[] = [];
  const counts = { cases: 0, requests: 0 };

  beforeAll(async () => {
    [engine, dockerd] = await Promise.all([NativeEngine.start({ isolated: true }), Dockerd.start()]);
    replicas = [
      { socket: engine.socket, masks: { folders: [[join(engine.directory, 'root/exec'), '<exec root>'], [join(engine.directory, 'root'), '<root>']] } },
      { socket: dockerd.socket, masks: { folders: [[join(dockerd.directory, 'data'), '<root>'], [join(dockerd.directory, 'exec'), '<exec root>']] } },
    ];
    const archive = busyboxArchive(image);
    const body = readFileSync(archive);
    rmSync(dirname(archive), { recursive: true });
    await Promise.all(replicas.map(({ socket }) => send(socket, { method: 'POST', path: '/v1.41/images/load?quiet=1', headers: { 'Content-Type': 'application/x-tar' }, body })));
  }, 600_000);

  afterAll(async () => {
    const file = process.env['SLIPWAY_ORACLE_REPORT'];
    if (file !== undefined) writeFileSync(file, findingsReport(findings, counts));
    if (replicas !== undefined) await Promise.all(replicas.map((replica) => cleanUp(replica, image)));
    await Promise.all([engine?.dispose(), dockerd?.dispose()]);
  }, 600_000);

  for (const { noun, cases } of nouns) {
    describe(noun, () => {
      test.each(cases)('$name', async (oracleCase) => {
        const differences = await difference(noun, oracleCase);
        counts.cases += 1;
        counts.requests += oracleCase.steps.length;
        findings.push(...differences);
        expect(differences.filter(({ reason }) => reason === undefined).map((each) => `${each.request}: ${differenceLine(each)}`)).toEqual([]);
      }, caseLimit);
    });
  }

  async function difference(noun: Noun['noun'], oracleCase: OracleCase): Promise<Finding[]> {
    const replies: [Reply[], Reply[]] = [[], []];
    await Promise.all(replicas.map((replica, side) => replay(replica, oracleCase, (index, reply) => (replies[side]![index] = reply))));
    const [ours, theirs] = replicas.map(({ masks }, side) => replies[side]!.map((reply) => ({ reply, masks })));
    const found = findingsOf(noun, oracleCase, ours!, theirs!);
    await Promise.all(replicas.map((replica) => cleanUp(replica, image)));
    return found;
  }
});
