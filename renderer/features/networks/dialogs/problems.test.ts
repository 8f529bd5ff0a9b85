import { beforeAll, expect, test } from 'vitest';
import type { Network } from '../../../../contract/engine-api/network.ts';
import { networkViews } from '../../../format/engine/network.ts';
import type { NewNetwork } from '../../../stores/networks.ts';
import { problemOfAddress, problemsOfNetwork } from './problems.ts';

const shop = { Name: 'shop', Id: 's', Driver: 'bridge', IPAM: { Config: [{ Subnet: '172.20.0.0/16' }] }, Labels: {} } as unknown as Network;
const views = networkViews([shop], []);
const form: NewNetwork = { name: 'front', driver: 'bridge', subnet: '', gateway: '', range: '', parent: '', subnet6: '', isInternal: false, hasIpv6: false };

beforeAll(() => expect(views).toHaveLength(1));

test('a name alone is enough', () => {
  expect(problemsOfNetwork(form, views)).toEqual({});
});

test.each<[Partial<NewNetwork>, (keyof NewNetwork)[]]>([
  [{ name: '' }, ['name']],
  [{ name: '-x' }, ['name']],
  [{ name: 'shop' }, ['name']],
  [{ subnet: 'everything' }, ['subnet']],
  [{ subnet: 'fd00::/64' }, ['subnet']],
  [{ subnet: '172.20.5.0/24' }, ['subnet']],
  [{ subnet: '10.1.0.0/16', gateway: '10.2.0.1' }, ['gateway']],
  [{ gateway: '10.2.0.1' }, ['gateway']],
  [{ subnet: '10.1.0.0/16', range: '10.0.0.0/8' }, ['range']],
  [{ range: '10.1.0.0/24' }, ['range']],
  [{ hasIpv6: true, subnet6: '10.1.0.0/16' }, ['subnet6']],
])('%j is found before the engine is asked', (change, fields) => {
  expect(Object.keys(problemsOfNetwork({ ...form, ...change }, views))).toEqual(fields);
});

test('what overlaps is named', () => {
  expect(problemsOfNetwork({ ...form, subnet: '172.16.0.0/12' }, views).subnet).toContain('shop');
});

test('a whole form is fine', () => {
  expect(problemsOfNetwork({ ...form, subnet: '10.1.0.0/16', gateway: '10.1.0.1', range: '10.1.4.0/24', hasIpv6: true, subnet6: 'fd00:1::/64' }, views)).toEqual({});
});

test('an address of one’s own lies in the network', () => {
  const [view] = views;
  if (view === undefined) throw new Error('no view');
  expect(problemOfAddress('', view)).toBeUndefined();
  expect(problemOfAddress('172.20.0.9', view)).toBeUndefined();
  expect(problemOfAddress('172.21.0.9', view)).toBeDefined();
  expect(problemOfAddress('x', view)).toBeDefined();
});
