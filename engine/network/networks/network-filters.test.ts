import { describe, expect, it } from 'vitest';
import { networkFilter, pruneFilter } from './network-filters.ts';
import type { NetworkRecord } from './network-record.ts';

const record = (name: string, labels: Record<string, string> = {}): NetworkRecord => ({
  id: Buffer.from(name).toString('hex').padEnd(64, '0'), name, created: '', driver: 'bridge', enableIPv4: true, enableIPv6: false, configOnly: false, configFrom: '', ranges: [], internal: false, attachable: false, options: {}, labels, ipamOptions: null,
});
const all = [record('bridge'), record('front', { tier: 'web' }), record('back', { tier: 'db', team: 'a' })];
const names = (filters: Record<string, string[]>) => all.filter((network) => networkFilter(filters)(network, network.name === 'front')).map(({ name }) => name);

describe('network filters', () => {
  it('choose', () => {
    expect(names({})).toEqual(['bridge', 'front', 'back']);
    expect(names({ name: ['ron', 'ack'] })).toEqual(['front', 'back']);
    expect(names({ id: [all[1]!.id.slice(0, 6)] })).toEqual(['front']);
    expect(names({ driver: ['host'] })).toEqual([]);
    expect(names({ label: ['tier', 'team=a'] })).toEqual(['back']);
    expect(names({ type: ['custom'] })).toEqual(['front', 'back']);
    expect(names({ type: ['builtin'] })).toEqual(['bridge']);
    expect(names({ dangling: ['true'] })).toEqual(['back']);
    expect(names({ dangling: ['0'] })).toEqual(['bridge', 'front']);
    expect(names({ name: ['^front$'] })).toEqual(['front']);
    expect(names({ 'label!': ['tier'] })).toEqual(['bridge']);
  });

  it('are refused when they are none', () => {
    expect(() => networkFilter({ foo: ['x'] })).toThrow("invalid filter 'foo'");
    expect(() => networkFilter({ constructor: ['x'] })).toThrow("invalid filter 'constructor'");
    expect(() => names({ type: ['odd'] })).toThrow("invalid filter: 'type'='odd'");
    expect(() => names({ dangling: ['maybe'] })).toThrow("invalid filter 'dangling=[maybe]'");
    expect(() => names({ dangling: ['true', 'false'] })).toThrow('invalid filter');
    expect(() => pruneFilter({ name: ['x'] })).toThrow("invalid filter 'name'");
    expect(() => pruneFilter({ until: ['soon'] })).toThrow('invalid filter');
  });
});
