import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JsonStore } from '../store/json-store.ts';
import { takeOverFormerVolumes } from './former-layout.ts';
import { parseVolumeRecord, type VolumeRecord } from './volume-record.ts';

let root: string;
let log: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-former-'));
  log = [];
});

afterEach(() => rmSync(root, { recursive: true }));

const at = (...parts: string[]) => join(root, ...parts);
const names = ['data', 'records', 'web', 'x-1'];
const record = (name: string): VolumeRecord => ({ name, created: '2026-11-01T00:00:00Z', labels: { of: name }, options: {}, anonymous: false });

function put(path: string, content: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
}

/** As an earlier build left it. */
async function former(): Promise<void> {
  const records = await JsonStore.open<VolumeRecord>(at('volumes/records'), { parse: parseVolumeRecord });
  for (const name of names) {
    put(at('volumes/data', name, '_data/file'), `former ${name}`);
    await records.put(name, record(name));
  }
  put(at('volumes/data/.removed-0123/_data/file'), 'x');
  put(at('volumes/data/nobodys/_data/file'), 'kept');
}

/** Like one start of the engine that is killed after so many steps. @returns whether it came to its end */
async function run(steps: number): Promise<boolean> {
  mkdirSync(at('volumes'), { recursive: true });
  const records = await JsonStore.open<VolumeRecord>(at('volume-records'), { parse: parseVolumeRecord });
  const work = takeOverFormerVolumes({ data: at('volumes'), former: at('former-volumes'), records, log: (line) => log.push(line) });
  for (let step = 0; step < steps; step += 1) if ((await work.next()).done === true) return true;
  return false;
}

async function expectTakenOver(): Promise<void> {
  const records = await JsonStore.open<VolumeRecord>(at('volume-records'), { parse: parseVolumeRecord });
  expect(records.list().sort((a, b) => a.name.localeCompare(b.name))).toEqual(names.map(record));
  expect(readdirSync(at('volumes')).sort()).toEqual([...names, 'nobodys'].sort());
  for (const name of names) expect(readFileSync(at('volumes', name, '_data/file'), 'utf8')).toBe(`former ${name}`);
  expect(existsSync(at('former-volumes'))).toBe(false);
}

test('volumes, and data without a record, are where they are now, and a second start finds nothing to do', async () => {
  await former();
  expect(await run(Infinity)).toBe(true);
  await expectTakenOver();
  expect(log).toEqual(['took over 5 volumes of an earlier build']);
  await run(Infinity);
  await expectTakenOver();
  expect(log).toHaveLength(1);
});

test('a start that is killed after any step is finished by the next', async () => {
  for (let steps = 1; ; steps += 1) {
    rmSync(root, { recursive: true });
    await former();
    const ended = await run(steps);
    await run(Infinity);
    await expectTakenOver();
    if (ended) break;
    expect(steps).toBeLessThan(50);
  }
});

test('a name that is taken keeps its volume, and the former one waits', async () => {
  await former();
  const records = await JsonStore.open<VolumeRecord>(at('volume-records'), { parse: parseVolumeRecord });
  put(at('volumes/web/_data/file'), 'today');
  await records.put('web', { ...record('web'), labels: {} });
  // A volume of today whose name is that of the former folder.
  put(at('volumes/data/_data/file'), 'today');
  await records.put('data', { ...record('data'), labels: {} });
  await run(Infinity);
  for (const name of ['web', 'data']) {
    expect(readFileSync(at('volumes', name, '_data/file'), 'utf8')).toBe('today');
    expect(readFileSync(at('former-volumes/data', name, '_data/file'), 'utf8')).toBe(`former ${name}`);
    expect(existsSync(at('former-volumes/records', `${name}.json`))).toBe(true);
  }
  expect(readFileSync(at('volumes/records/_data/file'), 'utf8')).toBe('former records');
  expect(log.filter((line) => line.includes('move its files by hand'))).toHaveLength(2);
});

test('a root of today is left alone, whatever its volumes are called', async () => {
  for (const name of names) put(at('volumes', name, '_data/records/file'), name);
  await run(Infinity);
  expect(readdirSync(at('volumes')).sort()).toEqual(names);
  expect(log).toEqual([]);
});
