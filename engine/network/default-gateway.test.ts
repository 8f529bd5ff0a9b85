import { expect, it } from 'vitest';
import { defaultGateway } from './default-gateway.ts';

const heading = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';

it('is that of the default route, and there need be none', () => {
  const own = 'eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n';
  expect(defaultGateway(`${heading}${own}eth0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`)).toBe('10.0.2.2');
  expect(defaultGateway(`${heading}eth0\t00000000\t01501CAC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n${own}`)).toBe('172.28.80.1');
  expect(defaultGateway(heading + own)).toBeUndefined();
});
