import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, formatAddress, formatSubnet, overlaps, parseAddress, parseSubnet } from './addresses.ts';
import { AddressPool, chooseSubnet, macFromAddress } from './ipam.ts';

const subnet = (text: string) => parseSubnet(text)!;

describe('addresses', () => {
  it('survive a round trip', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => parseAddress(formatAddress(value)) === value));
  });

  it('are four decimal octets and nothing else', () => {
    for (const text of ['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.-4', ' 1.2.3.4', '1.2.3.4/8', '::1']) expect(parseAddress(text), text).toBeNull();
  });

  it('make subnets whose host bits are dropped', () => {
    expect(formatSubnet(subnet('172.17.5.9/16'))).toBe('172.17.0.0/16');
    expect(formatSubnet(subnet('255.255.255.255/0'))).toBe('0.0.0.0/0');
    for (const text of ['172.17.0.0', '172.17.0.0/33', '172.17.0.0/x', '172.17.0.0/16/8', '/16']) expect(parseSubnet(text), text).toBeNull();
  });

  it('overlap exactly when one subnet contains the base of the other', () => {
    const anySubnet = fc.record({ base: fc.integer({ min: 0, max: 2 ** 32 - 1 }), prefix: fc.integer({ min: 0, max: 32 }) })
      .map(({ base, prefix }) => subnet(`${formatAddress(base)}/${prefix}`));
    fc.assert(fc.property(anySubnet, anySubnet, (one, other) => overlaps(one, other) === (contains(one, other.base) || contains(other, one.base))));
  });
});

describe('choosing a subnet', () => {
  it('takes 172.17.0.0/16 on an ordinary machine', () => {
    expect(formatSubnet(chooseSubnet([subnet('192.0.2.0/24')]))).toBe('172.17.0.0/16');
  });

  it('avoids what networks and the machine use already', () => {
    expect(formatSubnet(chooseSubnet([subnet('172.17.0.0/16'), subnet('172.18.128.0/24'), subnet('172.16.0.0/14')]))).toBe('172.20.0.0/16');
    expect(formatSubnet(chooseSubnet([subnet('172.16.0.0/12')]))).toBe('192.168.0.0/20');
  });

  it('says what to do when nothing is left', () => {
    expect(() => chooseSubnet([subnet('0.0.0.0/0')])).toThrow('all predefined address pools have been fully subnetted');
  });
});

describe('an address pool', () => {
  it('gives the lowest free address and gives it again once released', () => {
    const pool = new AddressPool(subnet('172.17.0.0/16'), ['172.17.0.1']);
    expect([pool.allocate(), pool.allocate(), pool.allocate()]).toEqual(['172.17.0.2', '172.17.0.3', '172.17.0.4']);
    pool.release('172.17.0.3');
    expect([pool.allocate(), pool.allocate()]).toEqual(['172.17.0.3', '172.17.0.5']);
  });

  it('keeps network, broadcast and gateway addresses and then says that it is full', () => {
    const pool = new AddressPool(subnet('10.9.0.0/29'), ['10.9.0.1']);
    expect(Array.from({ length: 5 }, () => pool.allocate())).toEqual(['10.9.0.2', '10.9.0.3', '10.9.0.4', '10.9.0.5', '10.9.0.6']);
    expect(() => pool.allocate()).toThrow('no available IPv4 addresses');
  });

  it('takes static addresses once, and only of its subnet', () => {
    const pool = new AddressPool(subnet('10.9.0.0/24'), ['10.9.0.1'], subnet('10.9.0.128/25'));
    expect(pool.claim('10.9.0.9')).toBe('10.9.0.9');
    expect(() => pool.claim('10.9.0.9')).toThrow('Address already in use');
    expect(() => pool.claim('10.9.0.1')).toThrow('Address already in use');
    expect(() => pool.claim('10.8.0.9')).toThrow('no configured subnet contains IP address 10.8.0.9');
    expect(pool.allocate()).toBe('10.9.0.128');
  });

  it('never gives one address twice', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(20), { nil: undefined }), { maxLength: 60 }), (steps) => {
        const pool = new AddressPool(subnet('10.9.0.0/27'), ['10.9.0.1']);
        const held: string[] = [];
        for (const step of steps) {
          if (step === undefined && held.length < 29) held.push(pool.allocate());
          else if (step !== undefined && held.length > 0) pool.release(held.splice(step % held.length, 1)[0]!);
        }
        return new Set(held).size === held.length;
      }),
    );
  });

  it('derives the hardware address from the address', () => {
    expect(macFromAddress('172.17.0.2')).toBe('02:42:ac:11:00:02');
  });
});
