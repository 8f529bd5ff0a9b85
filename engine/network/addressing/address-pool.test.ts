import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, formatAddress, formatSubnet, overlaps, parseAddress, parseSubnet } from './addresses.ts';
import { AddressPool } from './address-pool.ts';
import { chooseSubnet } from './default-subnets.ts';
import { macFromAddress } from './mac-address.ts';

const subnet = (text: string) => parseSubnet(text)!;
const address = (text: string) => parseAddress(text)!;
const anyAddress = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((value) => ({ family: 4 as const, value })),
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((value) => ({ family: 6 as const, value })),
);

describe('addresses', () => {
  it('survive a round trip', () => {
    fc.assert(
      fc.property(anyAddress, (value) => {
        expect(parseAddress(formatAddress(value))).toEqual(value);
        expect(isIP(formatAddress(value))).toBe(value.family);
      }),
    );
  });

  it('are four decimal octets and nothing else', () => {
    for (const text of ['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.-4', ' 1.2.3.4', '1.2.3.4/8', '::1%eth0', '1::2::3', 'fd00']) expect(parseAddress(text), text).toBeNull();
  });

  it('are written in the canonical form of IPv6', () => {
    for (const [text, canonical] of [['FD00:0:0:0:0:0:0:1', 'fd00::1'], ['::', '::'], ['1:0:0:2:0:0:0:3', '1:0:0:2::3'], ['1:0:2:0:3:0:4:0', '1:0:2:0:3:0:4:0'], ['::ffff:1.2.3.4', '::ffff:102:304']] as const) {
      expect(formatAddress(address(text))).toBe(canonical);
    }
  });

  it('make subnets whose host bits are dropped', () => {
    expect(formatSubnet(subnet('172.17.5.9/16'))).toBe('172.17.0.0/16');
    expect(formatSubnet(subnet('255.255.255.255/0'))).toBe('0.0.0.0/0');
    for (const text of ['172.17.0.0', '172.17.0.0/33', '172.17.0.0/x', '172.17.0.0/16/8', '/16']) expect(parseSubnet(text), text).toBeNull();
  });

  it('overlap exactly when one subnet contains the base of the other', () => {
    const anySubnet = fc.tuple(anyAddress, fc.nat(128)).map(([base, prefix]) => subnet(`${formatAddress(base)}/${base.family === 4 ? prefix % 33 : prefix}`));
    const baseOf = ({ family, base }: { family: 4 | 6; base: bigint }) => ({ family, value: base });
    fc.assert(fc.property(anySubnet, anySubnet, (one, other) => overlaps(one, other) === (contains(one, baseOf(other)) || contains(other, baseOf(one)))));
  });
});

describe('choosing a subnet', () => {
  it('takes 172.17.0.0/16 on an ordinary machine', () => {
    expect(formatSubnet(chooseSubnet(4, [subnet('192.0.2.0/24')], 'x'))).toBe('172.17.0.0/16');
  });

  it('avoids what networks and the machine use already', () => {
    expect(formatSubnet(chooseSubnet(4, [subnet('172.17.0.0/16'), subnet('172.18.128.0/24'), subnet('172.16.0.0/14')], 'x'))).toBe('172.20.0.0/16');
    expect(formatSubnet(chooseSubnet(4, [subnet('172.16.0.0/12')], 'x'))).toBe('192.168.0.0/20');
  });

  it('takes IPv6 from a range of the engine’s own', () => {
    const first = chooseSubnet(6, [], '/one');
    expect(formatSubnet(first)).toMatch(/^fd[0-9a-f]{2}:[0-9a-f:]+::\/64$/);
    expect(chooseSubnet(6, [], '/two')).not.toEqual(first);
    expect(chooseSubnet(6, [first], '/one').base - first.base).toBe(1n << 64n);
  });

  it('says what to do when nothing is left', () => {
    expect(() => chooseSubnet(4, [subnet('0.0.0.0/0')], 'x')).toThrow('all predefined address pools have been fully subnetted');
  });
});

describe('an address pool', () => {
  it('gives the lowest free address and gives it again once released', () => {
    const pool = new AddressPool(subnet('172.17.0.0/16'), { reserved: ['172.17.0.1'] });
    expect([pool.allocate(), pool.allocate(), pool.allocate()]).toEqual(['172.17.0.2', '172.17.0.3', '172.17.0.4']);
    pool.release(address('172.17.0.3'));
    expect([pool.allocate(), pool.allocate()]).toEqual(['172.17.0.3', '172.17.0.5']);
  });

  it('keeps network, broadcast and gateway addresses and then says that it is full', () => {
    const pool = new AddressPool(subnet('10.9.0.0/29'), { reserved: ['10.9.0.1'] });
    expect(Array.from({ length: 5 }, () => pool.allocate())).toEqual(['10.9.0.2', '10.9.0.3', '10.9.0.4', '10.9.0.5', '10.9.0.6']);
    expect(pool.allocate()).toBeUndefined();
  });

  it('takes static addresses once, and only of its subnet', () => {
    const pool = new AddressPool(subnet('10.9.0.0/24'), { reserved: ['10.9.0.1'], range: subnet('10.9.0.128/25') });
    expect(pool.claim(address('10.9.0.9'))).toBe('10.9.0.9');
    expect(() => pool.claim(address('10.9.0.9'))).toThrow('Address already in use');
    expect(() => pool.claim(address('10.9.0.1'))).toThrow('Address already in use');
    expect(pool.holds(address('10.8.0.9'))).toBe(false);
    expect(pool.allocate()).toBe('10.9.0.128');
  });

  it('of IPv6 gives everything but the anycast address', () => {
    const pool = new AddressPool(subnet('fd00::/126'), { reserved: ['fd00::1'] });
    expect([pool.allocate(), pool.allocate(), pool.allocate()]).toEqual(['fd00::2', 'fd00::3', undefined]);
  });

  it('never gives one address twice', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(20), { nil: undefined }), { maxLength: 60 }), (steps) => {
        const pool = new AddressPool(subnet('10.9.0.0/27'), { reserved: ['10.9.0.1'] });
        const held: string[] = [];
        for (const step of steps) {
          if (step === undefined && held.length < 29) held.push(pool.allocate()!);
          else if (step !== undefined && held.length > 0) pool.release(address(held.splice(step % held.length, 1)[0]!));
        }
        return new Set(held).size === held.length;
      }),
    );
  });

  it('derives the hardware address from the address', () => {
    expect(macFromAddress('172.17.0.2')).toBe('02:42:ac:11:00:02');
  });
});
