import { afterEach, expect, it } from 'vitest';
import { checkLogConfig, usualLog } from '../containers/config/log-options.ts';
import { chooseSubnet, currentPools } from '../network/addressing/default-subnets.ts';
import { formatSubnet, parseSubnet } from '../network/addressing/addresses.ts';
import { takeDefaults } from './defaults.ts';

afterEach(() => takeDefaults({}));
const next = (...taken: string[]) => formatSubnet(chooseSubnet(4, taken.map((text) => parseSubnet(text)!), 'x'));

it('hold for containers that ask for no log, and are filled in for those that ask for the same driver', () => {
  takeDefaults({ LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } } });
  expect(checkLogConfig(undefined)).toEqual({ Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } });
  expect(checkLogConfig({ Type: 'json-file', Config: { 'max-size': '1m' } })).toEqual({ Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '3' } });
  expect(checkLogConfig({ Type: 'local', Config: {} })).toEqual({ Type: 'local', Config: {} });
  takeDefaults({ LogConfig: { Type: 'none' } });
  expect([usualLog().Type, checkLogConfig({ Type: '', Config: {} }).Type]).toEqual(['none', 'none']);
  takeDefaults({});
  expect(checkLogConfig(undefined)).toEqual({ Type: 'json-file', Config: {} });
});

it('are where networks come from that name no subnet', () => {
  expect(next()).toBe('172.17.0.0/16');
  takeDefaults({ DefaultAddressPools: [{ Base: '10.10.0.0/23', Size: 24 }, { Base: '10.20.0.0/24', Size: 25 }] });
  expect([next(), next('10.10.0.0/24'), next('10.10.0.0/16'), next('10.10.0.0/16', '10.20.0.0/25')]).toEqual(['10.10.0.0/24', '10.10.1.0/24', '10.20.0.0/25', '10.20.0.128/25']);
  expect(() => next('10.0.0.0/8')).toThrow('all predefined address pools');
  expect(currentPools()).toEqual([{ Base: '10.10.0.0/23', Size: 24 }, { Base: '10.20.0.0/24', Size: 25 }]);
});

it('leave a large pool uncut until it is used', () => {
  takeDefaults({ DefaultAddressPools: [{ Base: '10.0.0.0/8', Size: 28 }] });
  expect(next('10.0.0.0/16')).toBe('10.1.0.0/28');
});

it.each([
  [{ LogConfig: { Type: 'syslog' } }, 'plugin "syslog" not found'],
  [{ LogConfig: { Type: 'json-file', Config: { 'max-size': 'huge' } } }, "invalid size: 'huge'"],
  [{ LogConfig: { Type: 'none', Config: { 'max-size': '1m' } } }, 'takes no options'],
  [{ DefaultAddressPools: [{ Base: '10.0.0.0', Size: 24 }] }, 'is no subnet'],
  [{ DefaultAddressPools: [{ Base: 'fd00::/48', Size: 64 }] }, 'is no IPv4 subnet'],
  [{ DefaultAddressPools: [{ Base: '10.0.0.0/24', Size: 16 }] }, 'from 24 to 29'],
  [{ DefaultAddressPools: [{ Base: '10.0.0.0/24', Size: 31 }] }, 'from 24 to 29'],
  [{ DefaultAddressPools: [{ Base: '10.0.0.0/16', Size: 24 }, { Base: '10.0.3.0/24', Size: 24 }] }, 'overlap'],
])('%j is refused and changes nothing', (defaults, message) => {
  takeDefaults({ LogConfig: { Type: 'local' } });
  expect(() => takeDefaults(defaults)).toThrow(message);
  expect([usualLog().Type, currentPools()]).toEqual(['local', []]);
});
