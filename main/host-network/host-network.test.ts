import { rootCertificates } from 'node:tls';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkSettingsChange, defaultSettings } from '../settings/settings-shape.ts';
import { startTestEngine } from '../testing/test-engine.ts';
import { readCertificateFiles } from './certificate-files.ts';
import { followHostNetwork } from './follow-host-network.ts';
import type { SystemProxies } from './system-proxies.ts';
import { hostNetwork, type HostNetwork, type NetworkSources } from './host-network.ts';

const [certificate = '', other = ''] = rootCertificates;
const network = (changed: Partial<NetworkSources>) => hostNetwork({ settings: {}, environment: {}, resolvConf: undefined, readFile: () => Promise.reject(new Error('no such file')), ...changed });

describe('what the VM is told of this computer’s network', () => {
  const environment = { HTTP_PROXY: 'http://upper:1/', http_proxy: 'http://jo:secret@lower:2/', HTTPS_PROXY: 'http://127.0.0.1:3128', NO_PROXY: '.corp,10.0.0.0/8' };

  it('are the proxies that programs of this session are given; one of this computer’s own is where the VM sees it', async () => {
    expect((await network({ environment })).network.Proxies).toEqual({ Http: 'http://jo:secret@lower:2/', Https: 'http://10.0.2.2:3128/', No: '.corp,10.0.0.0/8' });
    expect(await network({ environment: { HTTPS_PROXY: 'socks5://jo:secret@proxy:1' } })).toEqual({ network: { Proxies: { Http: '', Https: '', No: '' }, Certificates: [], Search: [] }, troubles: ['the proxy in HTTPS_PROXY is not used: it is no http or https address'] });
  });

  it('are those of the settings, or none', async () => {
    expect((await network({ environment, settings: { proxy: 'none' } })).network.Proxies).toEqual({ Http: '', Https: '', No: '' });
    expect((await network({ environment, settings: { proxy: 'manual', httpProxy: 'http://proxy:3128' } })).network.Proxies).toEqual({ Http: 'http://proxy:3128', Https: 'http://proxy:3128', No: '' });
  });

  it('are those that the system keeps in its own settings, where programs are told of none', async () => {
    const system = { Http: 'http://127.0.0.1:8888', Https: 'http://proxy:1', No: '.corp', troubles: ['a script is not read'] };
    expect(await network({ system })).toEqual({ network: { Proxies: { Http: 'http://10.0.2.2:8888/', Https: 'http://proxy:1', No: '.corp' }, Certificates: [], Search: [] }, troubles: ['a script is not read'] });
    expect((await network({ system, environment })).network.Proxies.No).toBe('.corp,10.0.0.0/8');
    expect((await network({ system, settings: { proxy: 'none' } })).network.Proxies).toEqual({ Http: '', Https: '', No: '' });
  });

  it('are the search domains, and nothing else that stands in that file', async () => {
    expect((await network({ resolvConf: 'domain old.example\nnameserver 192.0.2.1\nsearch corp.example  lab.example. bad..name "quoted"\noptions ndots:2\n' })).network.Search).toEqual(['corp.example', 'lab.example.']);
  });

  it('are the certificates of each file that holds some, each once, and a word about the others', async () => {
    const files: Record<string, string> = { '/a.pem': `comment\n${certificate}\n${other}\n`, '/b.pem': certificate, '/c.pem': 'nothing', '/d.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' };
    const { network: told, troubles } = await network({ settings: { certificates: [...Object.keys(files), '/e.pem'] }, readFile: (path) => (files[path] === undefined ? Promise.reject(new Error('no such file')) : Promise.resolve(files[path])) });
    expect(told.Certificates).toEqual([certificate.trim(), other.trim()]);
    expect(troubles.map((trouble) => /\/\w\.pem/.exec(trouble)?.[0])).toEqual(['/c.pem', '/d.pem', '/e.pem']);
  });
});

it('follows the settings and the files, and tells an engine that comes anew', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-network-'));
  const told: HostNetwork[] = [];
  const engine = await startTestEngine({
    'PUT /slipway/host-network': (_request, response, body) => {
      told.push(JSON.parse(body) as HostNetwork);
      response.writeHead(204).end();
    },
  });
  const resolvConf = join(folder, 'resolv.conf');
  const pem = join(folder, 'ca.pem');
  await writeFile(resolvConf, 'search one.example\n');
  const lines: string[] = [];
  const system: { found?: SystemProxies } = {};
  const follower = followHostNetwork({ open: engine.open, log: (line) => lines.push(line), environment: {}, resolvConf, lookMs: 20, systemProxies: () => Promise.resolve(system.found) });
  onTestFinished(async () => {
    follower.close();
    await engine.close();
    await rm(folder, { recursive: true });
  });
  follower.changed(defaultSettings());
  follower.connected();
  await expect.poll(() => told.at(-1)?.Search).toEqual(['one.example']);

  await writeFile(`${resolvConf}.new`, 'search two.example\n');
  await rename(`${resolvConf}.new`, resolvConf);
  await expect.poll(() => told.at(-1)?.Search).toEqual(['two.example']);

  follower.changed({ ...defaultSettings(), proxy: 'manual', httpProxy: 'http://proxy:1', certificates: [pem] });
  await expect.poll(() => told.at(-1)?.Proxies.Http).toBe('http://proxy:1');
  expect(lines).toEqual([expect.stringContaining(`the certificates in ${pem} are not used`)]);
  await writeFile(pem, certificate);
  await expect.poll(() => told.at(-1)?.Certificates).toEqual([certificate.trim()]);

  follower.changed(defaultSettings());
  system.found = { Http: 'http://office:1', Https: '', No: '', troubles: [] };
  await expect.poll(() => told.at(-1)?.Proxies.Http).toBe('http://office:1');
  const before = told.length;
  follower.connected();
  await expect.poll(() => told.length).toBe(before + 1);
  expect(told.at(-1)).toEqual(told.at(-2));
});

it.each<[object, string | undefined]>([
  [{ proxy: 'manual', httpProxy: 'http://jo:secret@proxy.example:3128', httpsProxy: 'https://proxy.example', noProxy: 'localhost,.corp,10.0.0.0/8' }, undefined],
  [{ proxy: 'auto' }, 'proxy must be one of system, none, manual'],
  [{ httpProxy: 'proxy.example:3128' }, 'httpProxy must be an http or https address'],
  [{ httpsProxy: 'socks5://proxy:1' }, 'httpsProxy must be an http or https address'],
  [{ noProxy: 'a\nb' }, 'noProxy must be'],
  [{ certificates: ['/etc/ssl/corp.pem'] }, undefined],
  [{ certificates: ['corp.pem'] }, 'certificates must be a list of absolute paths'],
])('settings: %j', (change, complaint) => {
  if (complaint === undefined) expect(checkSettingsChange(change)).toEqual(change);
  else expect(() => checkSettingsChange(change)).toThrow(complaint);
});

it('files of certificates are told with whose they are, and which are of no use', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-certificates-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await Promise.all([writeFile(join(folder, 'a.pem'), `${certificate}\n${other}`), writeFile(join(folder, 'b.pem'), 'nothing')]);
  const paths = ['a.pem', 'b.pem', 'c.pem'].map((name) => join(folder, name));
  const [good, none, missing] = await readCertificateFiles(paths);
  expect(good).toMatchObject({ path: paths[0], status: 'good', names: [expect.stringMatching(/\w/), expect.stringMatching(/\w/)], until: expect.stringMatching(/^20\d\d-/) });
  expect([none, missing]).toEqual([{ path: paths[1], status: 'none' }, { path: paths[2], status: 'unreadable' }]);
});
