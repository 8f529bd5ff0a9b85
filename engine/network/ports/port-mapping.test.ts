import { describe, expect, it } from 'vitest';
import { parsePort, portMap, wantedPorts } from './port-mapping.ts';

const bind = (key: string, HostPort: string, HostIp = '') => ({ PortBindings: { [key]: [{ HostIp, HostPort }] } });

describe('port bindings', () => {
  it('are a port, a range, or any port', () => {
    expect(wantedPorts({}, bind('80/tcp', '8080', '127.0.0.1'))).toEqual([{ key: '80/tcp', protocol: 'tcp', containerPort: 80, hostIp: '127.0.0.1', hostPorts: { first: 8080, last: 8080 } }]);
    expect(wantedPorts({}, bind('80', '8000-8010'))[0]).toMatchObject({ key: '80/tcp', hostPorts: { first: 8000, last: 8010 } });
    for (const any of ['', '0']) expect(wantedPorts({}, bind('53/UDP', any))[0]).toMatchObject({ key: '53/udp', hostPorts: null });
    expect(wantedPorts({}, { PortBindings: { '80/tcp': [], '81/tcp': null } })).toHaveLength(2);
  });

  it('come in the order of the container’s ports', () => {
    const PortBindings = { '443/tcp': [{ HostIp: '', HostPort: '1' }], '53/udp': [{ HostIp: '', HostPort: '2' }], '53/tcp': [{ HostIp: '', HostPort: '3' }, { HostIp: '::1', HostPort: '4' }] };
    expect(wantedPorts({}, { PortBindings }).map(({ key, hostIp }) => `${key} ${hostIp}`)).toEqual(['53/tcp ', '53/tcp ::1', '53/udp ', '443/tcp ']);
  });

  it('with PublishAllPorts cover every exposed port that has none', () => {
    const config = { ExposedPorts: { '80/tcp': {}, '443/tcp': {} } };
    expect(wantedPorts(config, { ...bind('80/tcp', '8080'), PublishAllPorts: true })).toMatchObject([{ key: '80/tcp', hostPorts: { first: 8080 } }, { key: '443/tcp', hostPorts: null }]);
    expect(wantedPorts(config, {})).toEqual([]);
  });

  it.each(['0/tcp', '65536/tcp', 'http', '80/tcp/udp', '', '-1', '80/'])('refuse the container port %s', (key) => {
    expect(() => parsePort(key)).toThrow('invalid port specification');
  });

  it('refuse what cannot be published', () => {
    expect(() => parsePort('80/sctp')).toThrow('invalid protocol');
    for (const text of ['x', '70000', '10-', '20-10', '1-2-3', '-5']) expect(() => wantedPorts({}, bind('80', text)), text).toThrow('invalid host port');
    expect(() => wantedPorts({}, bind('80', '80', 'localhost'))).toThrow('invalid IP address in port binding: "localhost"');
  });

  it('are shown beside ports that are merely exposed', () => {
    const published = [{ key: '80/tcp', binding: { HostIp: '0.0.0.0', HostPort: '8080' } }, { key: '80/tcp', binding: { HostIp: '::', HostPort: '8080' } }];
    expect(portMap({ ExposedPorts: { '443': {}, '80/tcp': {} } }, bind('80/tcp', '8080'), published)).toEqual({
      '443/tcp': null,
      '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }, { HostIp: '::', HostPort: '8080' }],
    });
    expect(portMap({}, {}, [])).toEqual({});
  });
});
