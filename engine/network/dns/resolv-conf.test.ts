import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatResolvConf, MachineResolver, parseResolvConf } from './resolv-conf.ts';

describe('resolv.conf', () => {
  it('is read as resolv.conf(5) says', () => {
    const text = '# comment\nnameserver 10.0.0.1\n nameserver\t10.0.0.2 ; second\nnameserver bogus\nnameserver fe80::1%eth0\ndomain old.example\nsearch a.example b.example\noptions edns0 ndots:2\noptions rotate\n';
    expect(parseResolvConf(text)).toEqual({ servers: ['10.0.0.1', '10.0.0.2', 'fe80::1%eth0'], search: ['a.example', 'b.example'], options: ['edns0', 'ndots:2', 'rotate'] });
    expect(parseResolvConf('')).toEqual({ servers: [], search: [], options: [] });
  });

  it('is written so that it reads the same', () => {
    const config = { servers: ['127.0.0.11'], search: ['x.example'], options: ['ndots:0'] };
    expect(parseResolvConf(formatResolvConf(config, 'Forwards to: 10.0.0.1'))).toEqual(config);
    expect(formatResolvConf({ servers: [], search: [], options: [] })).not.toMatch(/^(nameserver|search|options)/m);
  });

  it('of the machine is followed when it changes, appears or goes away', () => {
    const folder = mkdtempSync(join(tmpdir(), 'resolv-'));
    const path = join(folder, 'resolv.conf');
    const machine = new MachineResolver(path);
    expect(machine.config().servers).toEqual([]);
    writeFileSync(path, 'nameserver 10.0.0.1\n');
    expect(machine.config().servers).toEqual(['10.0.0.1']);
    writeFileSync(`${path}.new`, 'nameserver 10.0.0.2\n');
    renameSync(`${path}.new`, path);
    expect(machine.config().servers).toEqual(['10.0.0.2']);
    rmSync(folder, { recursive: true });
    expect(machine.config().servers).toEqual([]);
  });
});
