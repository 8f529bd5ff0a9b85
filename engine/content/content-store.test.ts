import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NotFoundError } from '../errors.ts';
import { ContentStore } from './content-store.ts';
import { digestOf, hexOf } from './digest.ts';

let directory: string;
let store: ContentStore;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'content-'));
  store = await ContentStore.open(directory);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const bytes = Buffer.from('some content');
const digest = digestOf(bytes);
const ingests = () => readdirSync(join(directory, 'ingest'));

test('a blob is there under its digest, now and after reopening', async () => {
  expect(await store.put(bytes)).toBe(digest);
  const again = await ContentStore.open(directory);
  expect(again.list()).toEqual([digest]);
  expect(again.size(digest)).toBe(bytes.length);
  expect(await again.readWhole(digest)).toEqual(bytes);
  expect(readdirSync(join(directory, 'blobs', 'sha256'))).toEqual([hexOf(digest)]);
  await again.delete(digest);
  await again.delete(digest);
  expect(() => again.path(digest)).toThrow(NotFoundError);
  expect(readdirSync(join(directory, 'blobs', 'sha256'))).toEqual([]);
});

test('an ingest becomes a blob when its digest and size are right', async () => {
  const ingest = await store.openIngest(digest);
  await ingest.write(bytes.subarray(0, 4));
  await ingest.write(bytes.subarray(4));
  expect(store.has(digest)).toBe(false);
  await ingest.commit({ digest, size: bytes.length });
  expect(await store.readWhole(digest)).toEqual(bytes);
  expect(ingests()).toEqual([]);
});

test.each([
  ['digest', { digest: digestOf('other') }],
  ['size', { digest, size: 3 }],
])('a wrong %s is refused and leaves nothing', async (_, expected) => {
  const ingest = await store.openIngest(expected.digest);
  await ingest.write(bytes);
  await expect(ingest.commit(expected)).rejects.toThrow(/verification failed for digest sha256:/);
  expect(store.list()).toEqual([]);
  expect(ingests()).toEqual([]);
});

test('an ingest that was given up goes on where it stopped', async () => {
  const first = await store.openIngest(digest);
  await first.write(bytes.subarray(0, 5));
  await first.close();
  const second = await store.openIngest(digest);
  expect(second.offset).toBe(5);
  await second.write(bytes.subarray(5));
  await second.commit({ digest });
  expect(await store.readWhole(digest)).toEqual(bytes);
});

test('an ingest can start over', async () => {
  const ingest = await store.openIngest(digest);
  await ingest.write(Buffer.from('wrong beginning'));
  await ingest.restart();
  expect(ingest.offset).toBe(0);
  await ingest.write(bytes);
  expect(await ingest.commit({ digest })).toEqual({ digest, size: bytes.length });
});

test('opening removes the ingests of an engine that died, and foreign files', async () => {
  const ingest = await store.openIngest();
  await ingest.write(bytes);
  await ingest.close();
  writeFileSync(join(directory, 'blobs', 'sha256', `${hexOf(digest)}.1-1.tmp`), 'half');
  store = await ContentStore.open(directory);
  expect(ingests()).toEqual([]);
  expect(readdirSync(join(directory, 'blobs', 'sha256'))).toEqual([]);
});

test('a damaged blob is not handed out as a manifest', async () => {
  await store.put(bytes);
  writeFileSync(store.path(digest), 'bitrot');
  await expect(store.readWhole(digest)).rejects.toThrow(/damaged; remove the image and pull it again/);
});

test('a second ingest of a blob that is there is dropped', async () => {
  await store.put(bytes);
  const ingest = await store.openIngest();
  await ingest.write(bytes);
  expect(await ingest.commit()).toEqual({ digest, size: bytes.length });
  expect(ingests()).toEqual([]);
  expect(existsSync(store.path(digest))).toBe(true);
});

test('a blob has one writer: the second waits, and may give up waiting', async () => {
  const first = await store.openIngest(digest);
  const controller = new AbortController();
  const impatient = store.openIngest(digest, controller.signal);
  const patient = store.openIngest(digest);
  controller.abort(new Error('gave up'));
  await expect(impatient).rejects.toThrow('gave up');
  await first.write(bytes);
  await first.commit({ digest });
  const second = await patient;
  expect(store.has(digest)).toBe(true);
  await second.discard();
  expect(await store.readWhole(digest)).toEqual(bytes);
});
