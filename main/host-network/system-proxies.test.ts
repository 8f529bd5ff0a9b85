import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSystemProxies, type SystemProxies } from './system-proxies.ts';

const none = { Http: '', Https: '', No: '', troubles: [] };
const byScript = expect.stringMatching(/by a script .* name the proxy in Settings/);

it.each<[platform: NodeJS.Platform, outputs: Record<string, string>, found: SystemProxies]>([
  ['darwin', { scutil: 'scutil-proxies' }, { Http: 'http://proxy.example:3128', Https: 'http://secure.example:8443', No: '.local,169.254.0.0/16,10.0.0.0/8,intranet.example', troubles: [] }],
  ['darwin', { scutil: 'scutil-none' }, none],
  ['darwin', { scutil: 'scutil-script' }, { ...none, troubles: [byScript, expect.stringContaining('SOCKS')] as string[] }],
  ['win32', { reg: 'reg-proxies' }, { Http: 'http://proxy.example:80', Https: 'http://secure.example:443', No: '.corp.example,10.0.0.0/8,192.168.7.0/24', troubles: [] }],
  ['win32', { reg: 'reg-one' }, { Http: 'http://127.0.0.1:8888', Https: 'http://127.0.0.1:8888', No: '', troubles: [] }],
  ['win32', { reg: 'reg-script' }, { ...none, troubles: [byScript] as string[] }],
  ['win32', { reg: 'reg-off', netsh: 'netsh-proxies' }, { Http: 'http://proxy.example:8080', Https: 'http://proxy.example:8080', No: '.corp.example', troubles: [] }],
  ['win32', { reg: 'reg-off', netsh: 'netsh-german' }, { Http: 'http://proxy.example:8080', Https: 'http://proxy.example:8080', No: '', troubles: [] }],
  ['win32', { reg: 'reg-off', netsh: 'netsh-direct' }, none],
])('%s: %j', async (platform, outputs, found) => {
  const asked: string[] = [];
  const run = (program: string, args: string[]): Promise<string> => {
    asked.push([program, ...args].join(' '));
    return readFile(join(import.meta.dirname, 'testdata', `${outputs[program]}.txt`), 'utf8');
  };
  expect(await readSystemProxies(platform, run)).toEqual(found);
  const commands: Record<string, string> = { scutil: 'scutil --proxy', reg: String.raw`reg query HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings`, netsh: 'netsh winhttp show proxy' };
  expect(asked).toEqual(Object.keys(outputs).map((program) => commands[program]));
  expect(JSON.stringify(found.troubles)).not.toContain('secret');
});

it('asks nobody on Linux, where the environment says it', async () => expect(await readSystemProxies('linux', () => Promise.reject(new Error('asked')))).toBeUndefined());
