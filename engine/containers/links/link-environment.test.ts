import { expect, test } from 'vitest';
import { linkEnvironment } from './link-environment.ts';

// As dockerd 20.10 answered.
test('ports by number, then name and variables of the linked one', () => {
  const service = { name: '/web/my-db', address: '172.17.0.2', ports: ['5432/tcp', '53/udp'], env: ['A=b', 'SP=a b', 'PATH=/bin', 'HOME=/', 'bare'] };
  expect(linkEnvironment(service)).toEqual([
    'MY_DB_PORT=udp://172.17.0.2:53',
    'MY_DB_PORT_53_UDP=udp://172.17.0.2:53',
    'MY_DB_PORT_53_UDP_ADDR=172.17.0.2',
    'MY_DB_PORT_53_UDP_PORT=53',
    'MY_DB_PORT_53_UDP_PROTO=udp',
    'MY_DB_PORT_5432_TCP=tcp://172.17.0.2:5432',
    'MY_DB_PORT_5432_TCP_ADDR=172.17.0.2',
    'MY_DB_PORT_5432_TCP_PORT=5432',
    'MY_DB_PORT_5432_TCP_PROTO=tcp',
    'MY_DB_NAME=/web/my-db',
    'MY_DB_ENV_A=b',
    'MY_DB_ENV_SP=a b',
  ]);
});

test('three ports in a row are a range as well, two are not', () => {
  const names = (ports: string[]) => linkEnvironment({ name: '/w/d', address: '1.2.3.4', ports, env: [] }).filter((entry) => /_(START|END)=/.test(entry));
  expect(names(['1/tcp', '2/tcp'])).toEqual([]);
  expect(names(['6381/tcp', '6379-6380/tcp', '9/tcp'])).toEqual([
    'D_PORT_6379_TCP_START=tcp://1.2.3.4:6379',
    'D_PORT_6379_TCP_PORT_START=6379',
    'D_PORT_6379_TCP_END=tcp://1.2.3.4:6381',
    'D_PORT_6379_TCP_PORT_END=6381',
  ]);
});

test('a container without ports has a name alone', () => {
  expect(linkEnvironment({ name: '/w/d', address: '1.2.3.4', ports: [], env: [] })).toEqual(['D_NAME=/w/d']);
});
