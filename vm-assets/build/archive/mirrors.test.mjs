import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findMirrors } from './mirrors.mjs';

let root;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'slipway-mirrors-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));
const put = (path, text) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

it('takes the mirror of the environment first', () => {
  put('etc/os-release', 'ID=debian\n');
  put('etc/apt/sources.list', 'deb http://apt.invalid/debian bookworm main\n');
  expect(findMirrors({ root, env: { SLIPWAY_DEBIAN_MIRROR: 'http://mine.invalid/debian/' } })).toMatchObject({ main: 'http://mine.invalid/debian', security: 'http://mine.invalid/debian-security' });
});

it('reads deb822 sources of a Debian host, disabled stanzas and other archives aside', () => {
  put('etc/os-release', 'ID=debian\n');
  put(
    'etc/apt/sources.list.d/debian.sources',
    'Enabled: no\nTypes: deb\nURIs: http://off.invalid/debian\nSuites: bookworm\nComponents: main\n\n# comment\nTypes: deb deb-src\nURIs: http://one.invalid/debian/\nSuites: trixie\n trixie-updates\nComponents: main contrib\n\nTypes: deb\nURIs: http://two.invalid/sec\nSuites: trixie-security\nComponents: main\n',
  );
  put('etc/apt/sources.list.d/other.list', 'deb [arch=amd64 signed-by=/x.gpg] https://other.invalid/deb stable-tool main\n');
  expect(findMirrors({ root, env: {} })).toMatchObject({ main: 'http://one.invalid/debian', security: 'http://two.invalid/sec' });
});

it('reads one-line sources', () => {
  put('etc/os-release', 'ID="debian"\n');
  put('etc/apt/sources.list', '# deb http://no.invalid/debian bookworm main\ndeb [arch=amd64] http://one.invalid/debian bookworm main # here\ndeb http://one.invalid/debian-security bookworm-security main\n');
  expect(findMirrors({ root, env: {} })).toMatchObject({ main: 'http://one.invalid/debian', security: 'http://one.invalid/debian-security' });
});

it('does not take the sources of a derivative, whose archive is another, but the default of debootstrap', () => {
  put('etc/os-release', 'ID=ubuntu\nID_LIKE=debian\n');
  put('etc/apt/sources.list', 'deb http://wrong.invalid/ubuntu noble main\n');
  expect(() => findMirrors({ root, env: {} })).toThrow(/SLIPWAY_DEBIAN_MIRROR.*debootstrap/);
  put('usr/share/debootstrap/scripts/sid', 'mirror_style release\n');
  put('usr/sbin/debootstrap', '#!/bin/sh\nDEF_MIRROR="http://default.invalid/debian"\nDEF_HTTPS_MIRROR="https://other.invalid/debian"\n');
  expect(findMirrors({ root, env: {} })).toMatchObject({ main: 'http://default.invalid/debian', security: 'http://default.invalid/debian-security' });
});
