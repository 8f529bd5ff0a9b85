import { lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Owners } from './owners.ts';

it('are kept over a restart, and a file that cannot be read is said and no harm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-owners-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [path, file] = [join(folder, 'state/owners.json'), join(folder, 'file')];
  writeFileSync(file, '');
  const stats = lstatSync(file, { bigint: true });
  const said: string[] = [];
  const owners = new Owners(path, (line) => said.push(line));
  expect(owners.of(stats)).toBeUndefined();
  owners.give(stats, { uid: 999, gid: 998 });
  owners.flush();
  expect(new Owners(path, (line) => said.push(line)).of(stats)).toEqual({ uid: 999, gid: 998 });
  expect(said).toEqual([]);
  owners.forget(stats);
  owners.flush();
  expect(readFileSync(path, 'utf8')).toBe('[]');
  writeFileSync(path, '{');
  expect(new Owners(path, (line) => said.push(line)).of(stats)).toBeUndefined();
  expect(said).toHaveLength(1);
});
