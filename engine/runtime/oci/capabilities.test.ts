import { describe, expect, it } from 'vitest';
import { capabilityNames, defaultCapabilities, resolveCapabilities } from './capabilities.ts';
import { boundingCapabilities } from './host-facts.ts';

const resolve = (add: string[], drop: string[], privileged = false) => resolveCapabilities({ add, drop, privileged }, capabilityNames);

describe('resolveCapabilities', () => {
  it('follows moby’s rules', () => {
    expect(resolve([], [])).toEqual(defaultCapabilities);
    expect(resolve(['net_admin', 'CAP_CHOWN'], [])).toEqual([...defaultCapabilities, 'CAP_NET_ADMIN']);
    expect(resolve([], ['CAP_MKNOD', 'net_raw'])).toEqual(defaultCapabilities.filter((name) => name !== 'CAP_MKNOD' && name !== 'CAP_NET_RAW'));
    expect(resolve([], ['ALL'])).toEqual([]);
    expect(resolve(['KILL', 'NET_ADMIN'], ['all'])).toEqual(['CAP_KILL', 'CAP_NET_ADMIN']);
    expect(resolve(['ALL'], ['SYS_ADMIN'])).toEqual(capabilityNames.filter((name) => name !== 'CAP_SYS_ADMIN'));
    expect(resolve([], ['ALL'], true)).toEqual(capabilityNames);
  });

  it('refuses what does not exist, here or anywhere', () => {
    expect(() => resolve(['FLY'], [])).toThrow('invalid CapAdd: unknown capability: "CAP_FLY"');
    expect(() => resolve([], ['FLY'])).toThrow('invalid CapDrop: unknown capability: "CAP_FLY"');
    expect(() => resolveCapabilities({ add: ['BPF'], drop: [], privileged: false }, ['CAP_CHOWN'])).toThrow(/not available to the engine: "CAP_BPF"/);
  });

  it('reads the kernel’s mask', () => {
    expect(boundingCapabilities('Name:\tx\nCapBnd:\t0000000000000021\n')).toEqual(['CAP_CHOWN', 'CAP_KILL']);
    expect(boundingCapabilities('CapBnd:\t000001ffffffffff\n')).toEqual(capabilityNames);
  });
});
