import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { codeCache } from './code-cache.mjs';

const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
const nodeVersion = process.versions.node;
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-compiled-'));
  writeFileSync(join(folder, 'program.cjs'), "'use strict';\nfunction later(a) { return { sum: [a].map((b) => b + 1) }; }\nmodule.exports = later;\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const program = () => join(folder, 'program.cjs');

it.runIf(process.platform === 'linux')('gives the same bytes twice, and V8 takes them', () => {
  const compiled = codeCache({ program: program(), arch, nodeVersion });
  expect(codeCache({ program: program(), arch, nodeVersion })).toEqual(compiled);
  writeFileSync(`${program()}.cache`, compiled);
  const take = `const { readFileSync } = require('node:fs'); const { Script } = require('node:vm');
    const script = new Script(require('node:module').wrap(readFileSync(process.argv[1], 'utf8')), { cachedData: readFileSync(process.argv[1] + '.cache') });
    const main = { exports: {} }; script.runInThisContext()(main.exports, require, main);
    console.log(script.cachedDataRejected, main.exports(2).sum[0]);`;
  expect(spawnSync(process.execPath, ['-e', take, program()], { encoding: 'utf8' }).stdout).toBe('false 3\n');
});

it('makes none for another Node or another processor', () => {
  expect(codeCache({ program: program(), arch, nodeVersion: '1.2.3' })).toBeNull();
  expect(codeCache({ program: program(), arch: arch === 'amd64' ? 'arm64' : 'amd64', nodeVersion })).toBeNull();
});
