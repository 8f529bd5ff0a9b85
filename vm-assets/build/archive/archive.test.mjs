import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPackageFiles } from '../image/package-files.mjs';
import { Archive } from './archive.mjs';
import { DownloadCache, fetchFile } from './download.mjs';
import { fetchPackages } from './packages.mjs';

const fixtures = join(import.meta.dirname, 'fixtures');
// Where an image can be built these are there; `npm run check` runs elsewhere too.
const hasTools = ['gpgv', 'xz'].every((command) => spawnSync(command, ['--version']).error === undefined);
const hasAptHelper = existsSync('/usr/lib/apt/apt-helper');
const gonePin = { name: 'tool', version: '1.0-1', archive: 'main', path: 'pool/tool_1.0-1_amd64.deb', size: 7, sha256: '11'.repeat(32) };

describe.each([
  { by: 'fetch', fetchInto: (url, file) => fetchFile(url, file, { aptHelperPath: '/nonexistent/apt-helper' }), run: hasTools },
  { by: 'apt', fetchInto: fetchFile, run: hasTools && hasAptHelper },
])('an archive read by $by', ({ fetchInto, run }) => {
  let folder;
  let server;
  let requests;
  let mirrors;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-archive-'));
    cpSync(join(fixtures, 'archive'), join(folder, 'archive'), { recursive: true });
    requests = [];
    server = createServer((request, response) => {
      requests.push(request.url);
      const file = join(folder, 'archive', decodeURIComponent(request.url));
      if (existsSync(file)) response.end(readFileSync(file));
      else response.writeHead(404).end();
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    mirrors = { main: `http://127.0.0.1:${server.address().port}` };
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  const open = ({ suite = 'test', keyring = 'keyring.gpg' } = {}) =>
    new Archive({ mirrors, cache: new DownloadCache(join(folder, 'cache'), { fetchInto }), release: { codename: 'test', suites: [{ archive: 'main', suite }] }, arch: 'amd64', keyring: join(fixtures, keyring) });

  it.runIf(run)('takes the current signed version where a pin vanished, and says so', async () => {
    const said = [];
    const [item] = await fetchPackages({ entries: [gonePin], wanted: [{ name: 'tool' }], archive: open(), report: (line) => said.push(line) });
    expect(item).toMatchObject({ name: 'tool', version: '2.0-1', pinned: '1.0-1' });
    expect(said.join()).toMatch(/tool 1\.0-1 is no longer in the archive.*2\.0-1.*not pinned/);
    const files = await readPackageFiles(item.file, { name: 'tool', globs: ['usr/bin/tool'] });
    expect([...files.keys()].sort()).toEqual(['usr/bin/tool', 'usr/share/doc/tool/copyright']);
    expect(files.get('usr/bin/tool')).toMatchObject({ mode: 0o755 });
  });

  it.runIf(run)('remembers what stood in, so that the next build reads no index and downloads nothing', async () => {
    const build = () => fetchPackages({ entries: [gonePin], wanted: [{ name: 'tool' }], archive: open(), report: () => {} });
    await build();
    requests.length = 0;
    expect((await build())[0].version).toBe('2.0-1');
    expect(requests).toEqual(['/pool/tool_1.0-1_amd64.deb']);
  });

  it.runIf(run)('follows a meta package to the package it stands for', async () => {
    expect(await open().current({ name: 'kernel', metapackage: { amd64: 'tool-meta' } })).toMatchObject({ name: 'kernel', package: 'tool', version: '2.0-1' });
  });

  it.runIf(run)('refuses an index that was changed after it was signed', async () => {
    await expect(open({ suite: 'tampered' }).current({ name: 'tool' })).rejects.toThrow(/tampered\/InRelease is not signed by the Debian archive/);
  });

  it.runIf(run)('refuses an index signed by somebody else', async () => {
    await expect(open({ keyring: 'other-keyring.gpg' }).current({ name: 'tool' })).rejects.toThrow(/is not signed/);
  });

  it.runIf(run)('refuses an index that is out of date', async () => {
    await expect(open({ suite: 'expired' }).current({ name: 'tool' })).rejects.toThrow(/was valid until .*2024/);
  });

  it.runIf(run)('refuses a package whose bytes are not the pinned ones, and keeps nothing of it', async () => {
    const archive = open();
    const entry = await archive.current({ name: 'tool' });
    writeFileSync(join(folder, 'archive', entry.path), Buffer.alloc(entry.size));
    await expect(archive.fetch(entry)).rejects.toThrow(/is not the file that is pinned/);
    expect(existsSync(archive.cache.path(entry.sha256))).toBe(false);
  });

  it.runIf(run)('replaces a damaged copy in the cache', async () => {
    const archive = open();
    const entry = await archive.current({ name: 'tool' });
    const file = await archive.fetch(entry);
    const whole = readFileSync(file);
    writeFileSync(file, Buffer.alloc(entry.size));
    expect(readFileSync(await archive.fetch(entry))).toEqual(whole);
  });
});
