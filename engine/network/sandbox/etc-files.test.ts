import { describe, expect, it } from 'vitest';
import { parseResolvConf } from '../dns/resolv-conf.ts';
import { buildHosts, buildResolvConf, parseExtraHost } from './etc-files.ts';

const machine = { servers: ['10.0.0.1', '127.0.0.53'], search: ['corp.example'], options: ['edns0', 'ndots:5'] };
const hosts = (options: Partial<Parameters<typeof buildHosts>[0]>) =>
  buildHosts({ links: [], config: { Hostname: 'box' }, hostConfig: {}, addresses: ['172.17.0.2'], hostGateway: '172.17.0.1', mode: 'bridge', ...options });
const resolver = (hostConfig: object, mode: 'host' | 'none' | 'bridge' | 'user-defined') => parseResolvConf(buildResolvConf({ hostConfig, machine, mode }));

describe('/etc/hosts', () => {
  it('has the fixed names, then the user’s, then the container’s own', () => {
    expect(hosts({ hostConfig: { ExtraHosts: ['db:10.0.0.9', 'v6=[fd00::1]', 'host.docker.internal:host-gateway'] } })).toBe(
      '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\nff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n' +
        '10.0.0.9\tdb\nfd00::1\tv6\n172.17.0.1\thost.docker.internal\n172.17.0.2\tbox\n',
    );
  });

  it('has the domain, and one line for each address', () => {
    expect(hosts({ config: { Hostname: 'box', Domainname: 'lan' }, addresses: ['172.17.0.2', '172.18.0.2'] })).toMatch(/172\.17\.0\.2\tbox\.lan box\n172\.18\.0\.2\tbox\.lan box\n$/);
    expect(hosts({ addresses: [] })).toMatch(/ip6-allrouters\n$/);
  });

  it('refuses entries that are none', () => {
    expect(() => parseExtraHost('db')).toThrow('bad format for add-host: "db"');
    expect(() => parseExtraHost(':10.0.0.1')).toThrow('bad format for add-host');
    expect(() => parseExtraHost('db:10.0.0')).toThrow('invalid IP address in add-host: "10.0.0"');
  });
});

describe('/etc/resolv.conf', () => {
  it('names the engine’s resolver on every bridge', () => {
    for (const mode of ['bridge', 'user-defined'] as const) {
      expect(resolver({}, mode)).toEqual({ servers: ['127.0.0.11'], search: ['corp.example'], options: ['edns0', 'ndots:0'] });
    }
    expect(resolver({ Dns: ['8.8.8.8'] }, 'user-defined').servers).toEqual(['127.0.0.11']);
    expect(buildResolvConf({ hostConfig: { Dns: ['8.8.8.8'] }, machine, mode: 'user-defined' })).toContain('# Forwards to: 8.8.8.8');
  });

  it('names what was asked for where Docker does', () => {
    expect(resolver({ Dns: ['8.8.8.8'] }, 'bridge').servers).toEqual(['8.8.8.8']);
    expect(resolver({}, 'host')).toEqual(machine);
    expect(resolver({}, 'none').servers).toEqual(machine.servers);
  });

  it('follows --dns-search and --dns-option', () => {
    expect(resolver({ DnsSearch: ['a.example'], DnsOptions: ['ndots:3', 'rotate'] }, 'bridge')).toMatchObject({ search: ['a.example'], options: ['rotate', 'ndots:3'] });
    expect(resolver({ DnsSearch: ['.'] }, 'bridge').search).toEqual([]);
  });
});
