import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { currentProxies, setProxies } from '../registry/outgoing.ts';
import { takeHostNetwork } from './host-network.ts';

let file: string;
beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'slipway-host-network-')), 'resolv.conf');
  return () => rm(join(file, '..'), { recursive: true });
});
afterEach(() => setProxies({ http: '', https: '', no: '' }));

it('is taken over, and taken back', async () => {
  await takeHostNetwork({ Proxies: { Http: 'http://proxy:3128', No: '.corp' }, Search: ['corp.example', 'lab.example.'] }, file);
  expect([currentProxies(), await readFile(file, 'utf8')]).toEqual([{ http: 'http://proxy:3128', https: '', no: '.corp' }, 'search corp.example lab.example.\nnameserver 10.0.2.3\n']);
  await takeHostNetwork({}, file);
  expect([currentProxies(), await readFile(file, 'utf8'), await readdir(join(file, '..'))]).toEqual([{ http: '', https: '', no: '' }, 'nameserver 10.0.2.3\n', ['resolv.conf']]);
});

it.each([['a b'], ['a\nnameserver 192.0.2.1'], [''], ['-a.example'], ['x'.repeat(300)]])('refuses the domain %j, and takes nothing over', async (name) => {
  await expect(takeHostNetwork({ Proxies: { Http: 'http://proxy:3128' }, Search: [name] }, file)).rejects.toThrow('is no domain');
  expect(currentProxies().http).toBe('');
});
