import { describe, expect, it } from 'vitest';
import { parseSubnet } from '../addressing/addresses.ts';
import { addBridge, buildRuleset, removeBridge, removeRuleset, type BridgeRules, type Publication } from './ruleset.ts';

const plain: BridgeRules = { bridge: 'slipway0', subnets: [parseSubnet('172.17.0.0/16')!], internal: false, masquerade: true, gateway4: 'nat', gateway6: 'nat' };
const internal: BridgeRules = { bridge: 'br-0123456789ab', subnets: [parseSubnet('172.18.0.0/16')!], internal: true, masquerade: true, gateway4: 'nat', gateway6: 'nat' };
const routed: BridgeRules = { bridge: 'br-routed', subnets: [parseSubnet('10.9.0.0/24')!, parseSubnet('fd00:9::/64')!], internal: false, masquerade: true, gateway4: 'routed', gateway6: 'nat-unprotected' };
const publications: Publication[] = [
  { port: { protocol: 'tcp', hostIp: '', hostPort: 8080 }, target: { address: '172.17.0.2', port: 80 } },
  { port: { protocol: 'udp', hostIp: '0.0.0.0', hostPort: 5353 }, target: { address: '172.17.0.2', port: 53 } },
  { port: { protocol: 'tcp', hostIp: '192.0.2.7', hostPort: 8443, lane: 10_000 }, target: { address: '172.17.0.3', port: 443 } },
  { port: { protocol: 'tcp', hostIp: '127.0.0.1', hostPort: 9000, lane: 10_001 }, target: { address: '172.17.0.3', port: 9000 } },
  { port: { protocol: 'tcp', hostIp: '0.0.0.0', hostPort: 0 }, target: { address: '10.9.0.2', port: 80 } },
  { port: { protocol: 'tcp', hostIp: '::', hostPort: 8080 }, target: { address: '172.17.0.2', port: 80 } },
];

describe('nftables text', () => {
  it('is the golden text for an engine on a Linux machine', async () => {
    const text = buildRuleset('slipway', { bridges: [plain], published: [], deniedDestinations: [], hostAccess: 'allow' });
    await expect(text).toMatchFileSnapshot('testdata/native.nft');
  });

  it('is the golden text for an engine in the VM, with networks and ports', async () => {
    const text = buildRuleset('slipway', {
      bridges: [plain, internal, routed],
      published: publications,
      deniedDestinations: ['10.0.2.0/24'],
      hostAccess: 'deny',
      lanes: { from: '10.0.2.2', at: '10.0.2.15', first: 10_000, last: 29_999 },
    });
    await expect(text).toMatchFileSnapshot('testdata/vm.nft');
  });

  it('adds and removes the same elements of a bridge', () => {
    for (const bridge of [internal, routed]) expect(removeBridge('slipway', bridge)).toBe(addBridge('slipway', bridge).replaceAll('add element', 'delete element'));
  });

  it('removes the table and nothing else', () => {
    expect(removeRuleset('slipway')).toBe('add table inet slipway\ndelete table inet slipway\n');
  });
});
