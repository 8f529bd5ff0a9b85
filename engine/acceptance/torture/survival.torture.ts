import { createReadStream, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { request } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeImage } from '../../testing/image-fixture.ts';
import { startRegistry } from '../../testing/registry-fixture.ts';
import type { RegistryFixture } from '../../testing/registry-fixture.ts';
import { busyboxArchive } from '../fixture/busybox-archive.ts';
import { NativeEngine } from '../fixture/native-engine.ts';
import { checkAnswers, checkStore } from './check-answers.ts';
import { checkLayers } from './check-layers.ts';
import { findLeaks, openFiles, publishedElements } from './check-leaks.ts';
import { call, json } from './client.ts';
import { Random } from './random.ts';
import { Worker } from './worker.ts';

/**
 * Clients work in parallel, engine and shimd are killed at any moment, and afterwards everything that was answered must be so
 * and nothing may be left over. `npm run test:torture -- --minutes N --seed S`.
 */
const seed = Number(process.env.TORTURE_SEED ?? Date.now() % 1_000_000);
const minutes = Number(process.env.TORTURE_MINUTES ?? 2);
const maximumRounds = 500;
const workers = 4;

const random = new Random(seed);
const trace: string[] = [];
const findings: string[] = [];
const startedAt = performance.now();
const note = (line: string) => trace.push(`${((performance.now() - startedAt) / 1000).toFixed(3)} ${line}`);
const find = (what: string) => {
  findings.push(what);
  note(`WRONG ${what}`);
};

let engine: NativeEngine;
let registry: RegistryFixture;
let root: string;
let pullable: string[];

beforeAll(async () => {
  engine = await NativeEngine.start();
  root = join(engine.directory, 'root');
  const archive = busyboxArchive('bb:latest');
  const outgoing = request({ socketPath: engine.socket, method: 'POST', path: '/images/load', headers: { 'Content-Type': 'application/x-tar' } });
  createReadStream(archive).pipe(outgoing);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  expect(await text(response)).toContain('Loaded image');
  rmSync(dirname(archive), { recursive: true });
  registry = await startRegistry();
  pullable = [];
  for (let n = 0; n < 5; n += 1) {
    const layers = Array.from({ length: 3 }, (_, layer) => [{ name: `layer-${layer}-of-${layer === 0 ? 'all' : n}`, content: Buffer.alloc(400_000, `${layer * n}`) }]);
    await registry.pushImage(`pull-${n}`, 'latest', makeImage(layers, { compression: 'gzip' }));
    pullable.push(`${registry.host}/pull-${n}`);
  }
  filesAtFirst = { engine: openFiles(engine.pid), shimd: openFiles(shimdPid()) };
}, 120_000);

afterAll(async () => {
  await engine?.dispose();
  await registry?.[Symbol.asyncDispose]();
}, 120_000);

test(
  `survives for ${minutes} minutes, seed ${seed}`,
  async () => {
    let fragile = false;
    const load = {
      socket: engine.socket,
      pullable,
      trace: note,
      surprise: (what: string) => {
        // While shimd is being replaced, what needs it may fail; a network may be removed under a container that never ran;
        // what is not built yet says so.
        if ((fragile && /: 5\d\d /.test(what)) || /network \S+ not found|: 501 /.test(what)) note(`accepted: ${what}`);
        else find(what);
      },
    };
    const clients = Array.from({ length: workers }, (_, index) => new Worker(`w${index}`, new Random(seed + 1 + index), load));
    const files: string[] = [];
    let round = 0;
    for (; round < maximumRounds && performance.now() - startedAt < minutes * 60_000 && findings.length === 0; round += 1) {
      let stopped = false;
      const victim = random.pick(['engine', 'engine', 'shimd', 'both', 'nobody'] as const)!;
      fragile = victim === 'shimd' || victim === 'both';
      note(`--- round ${round}: ${victim}`);
      const work = Promise.all(clients.map((client) => client.work(() => stopped)));
      await delay(300 + random.below(3000));
      if (victim === 'shimd' || victim === 'both') killShimd();
      if (victim === 'engine' || victim === 'both') await engine.kill();
      else await delay(random.below(1000));
      note('killed');
      stopped = true;
      await work;
      if (victim === 'engine' || victim === 'both') {
        for (let again = random.below(3); again > 0; again -= 1) {
          const starting = engine.start().catch(() => undefined);
          await delay(random.below(1200));
          if (random.chance(15)) {
            killShimd();
            fragile = true;
          }
          note('killed while it started');
          await engine.kill();
          await starting;
        }
        await engine.start();
      }
      for (const client of clients) for (const what of await checkAnswers(engine.socket, client.model, { died: fragile, deaths: shimdDeaths })) find(what);
      for (const what of checkStore(root)) find(what);
      for (const what of await leaks()) find(what);
      files.push(`${running.size}:${openFiles(engine.pid)}/${openFiles(shimdPid())}`);
      if (running.size > 0 && openFiles(shimdPid()) === 0) find('containers run and shimd does not');
    }
    note(`${round} rounds`);
    if (findings.length === 0) await checkEnd();
    if (/not caught|moved to .*corrupt/.test(engine.log)) find(engine.log.split('\n').filter((line) => /not caught|corrupt/.test(line)).slice(0, 5).join('\n'));
    const file = join(tmpdir(), `slipway-torture-${seed}.trace`);
    if (findings.length > 0) find(`the engine's last words: ${engine.log.split('\n').slice(-8).join('\n')}`);
    if (findings.length > 0) writeFileSync(file, `${trace.join('\n')}\n\n${engine.log}`);
    process.stdout.write(`torture: seed ${seed}, ${round} rounds, ${trace.length} lines of trace; open files (running:engine/shimd) ${files.join(' ')}\n`);
    expect(findings, `npm run test:torture -- --seed ${seed}; trace and engine log in ${file}\n${trace.slice(-40).join('\n')}`).toEqual([]);
  },
  (minutes + 4) * 60_000,
);

interface Row {
  Id: string;
  State: string;
  Ports: unknown[];
  NetworkSettings: { Networks: Record<string, unknown> };
}

let running = new Set<string>();

/** Teardown goes on in the background: what is still there after a while is a leak. */
async function leaks(): Promise<string[]> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const rows = json<Row[]>(await call(engine.socket, 'GET', '/containers/json?all=1'));
    running = new Set(rows.filter(({ State }) => State === 'running' || State === 'paused').map(({ Id }) => Id));
    const published = rows.filter(({ State, Ports }) => State === 'running' && Ports.length > 0).length;
    let found: string[];
    try {
      const alive = rows.filter(({ Id }) => running.has(Id));
      const endpoints = alive.reduce((sum, { NetworkSettings: { Networks } }) => sum + Object.keys(Networks).length, 0);
      const paused = new Set(rows.filter(({ State }) => State === 'paused').map(({ Id }) => Id));
      found = findLeaks(root, engine.pid, { all: new Set(rows.map(({ Id }) => Id)), running, paused, endpoints });
      if (published === 0 && publishedElements() > 0) found.push(`${publishedElements()} port elements for ${published} containers`);
    } catch (error) {
      // A file that went away between the list and the look.
      found = [String(error)];
    }
    if (found.length === 0 || performance.now() > deadline) return found;
    await delay(100);
  }
}

async function checkEnd(): Promise<void> {
  const rows = json<{ Id: string }[]>(await call(engine.socket, 'GET', '/containers/json?all=1'));
  for (const { Id } of rows) {
    const { status } = await call(engine.socket, 'DELETE', `/containers/${Id}?force=1&v=1`);
    if (status !== 204) find(`DELETE ${Id}: ${status}`);
  }
  for (const what of await leaks()) find(`at the end: ${what}`);
  for (const what of checkLayers(root)) find(`at the end: ${what}`);
  const { engine: atFirst, shimd } = filesAtFirst;
  const left = () => [openFiles(engine.pid) <= atFirst + spareFiles, openFiles(shimdPid()) <= shimd + spareFiles];
  const deadline = performance.now() + 20_000;
  while (left().includes(false) && performance.now() < deadline) await delay(100);
  if (left().includes(false)) find(`at the end: engine ${openFiles(engine.pid)} open files (first ${atFirst}), shimd ${openFiles(shimdPid())} (first ${shimd})`);
}

/** Threads and connections that are kept for the next request. */
const spareFiles = 16;
let filesAtFirst = { engine: 0, shimd: 0 };

function shimdPid(): number {
  return Number(readFileSync(join(root, 'exec/shimd/shimd.pid'), 'utf8'));
}

let shimdDeaths = 0;

function killShimd(): void {
  try {
    process.kill(shimdPid(), 'SIGKILL');
    shimdDeaths += 1;
  } catch {
    // There is none at the moment.
  }
}
