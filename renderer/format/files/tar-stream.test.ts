import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { tarSize, tarStream, type TarItem } from './tar-stream.ts';

async function bytesOf(items: readonly TarItem[]): Promise<Uint8Array> {
  return new Uint8Array(await new Response(tarStream(items, { uid: 1000, gid: 7 })).arrayBuffer());
}

test('a real tar reads names of every kind, sizes, owners and times', async () => {
  const long = `folder/${'lang-'.repeat(40)}ü.txt`;
  const items: TarItem[] = [
    { name: 'folder', blob: null, modified: 1_700_000_000_000 },
    { name: 'folder/plain', blob: new Blob(['hello']), modified: 1_700_000_000_000 },
    { name: long, blob: new Blob(['x'.repeat(1024)]), modified: 1_700_000_000_000 },
    { name: '<b>hostile\n', blob: new Blob([]), modified: 0 },
  ];
  const bytes = await bytesOf(items);
  expect(bytes.length).toBe(tarSize(items));
  const { stdout, status } = spawnSync('tar', ['-tvf', '-', '--numeric-owner', '--full-time', '--utc', '--quoting-style=literal'], { input: bytes, encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stdout).toBe(
    [
      'drwxr-xr-x 1000/7            0 2023-11-14 22:13:20 folder/',
      '-rw-r--r-- 1000/7            5 2023-11-14 22:13:20 folder/plain',
      `-rw-r--r-- 1000/7         1024 2023-11-14 22:13:20 ${long}`,
      '-rw-r--r-- 1000/7            0 1970-01-01 00:00:00 <b>hostile\n',
      '',
    ].join('\n'),
  );
  expect(spawnSync('tar', ['-xOf', '-', 'folder/plain'], { input: bytes, encoding: 'utf8' }).stdout).toBe('hello');
});
