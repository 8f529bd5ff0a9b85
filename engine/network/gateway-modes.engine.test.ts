import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { fetchIn, pings } from './testing/network-fixture.ts';
import { echoIn, run, runIn } from './testing/private-machine.ts';
import { usePrivateNetwork } from './testing/private-network.ts';

/** How networks are reached from outside, and what becomes of connections whose container moves. */

const shared = usePrivateNetwork();
const { serve, stops } = shared;
beforeAll(() => run('nsenter', `--net=${shared.neighbour}`, 'ip', 'route', 'add', '10.70.0.0/16', 'via', '192.0.2.1'));

const mode = (value: string) => ({ 'com.docker.network.bridge.gateway_mode_ipv4': value });
const network = (name: string, subnet: string, options: Record<string, string>, rest: object = {}) => shared.fixture.network.networks.create({ Name: name, IPAM: { Config: [{ Subnet: subnet }] }, Options: options, ...rest });
const published = (hostPort: string) => ({ '80/tcp': [{ HostIp: '', HostPort: hostPort }] });

describe('gateway modes', () => {
  it('routed: others reach published ports at the container itself, and nothing is translated', async () => {
    await network('routed', '10.70.1.0/24', mode('routed'));
    const web = await shared.fixture.box({ name: 'web', hostConfig: { NetworkMode: 'routed', PortBindings: published('8070') } });
    const other = await shared.fixture.box({ hostConfig: { NetworkMode: 'routed', PortBindings: published('8070') } });
    for (const port of [80, 81]) await serve(web.netns, port, 'web');
    await serve(shared.neighbour, 80, 'outside');
    expect([web, other].map(({ sandbox }) => sandbox.ports)).toEqual(Array(2).fill({ '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '' }] }));
    expect(await fetchIn(shared.neighbour, 'http://10.70.1.2/')).toBe('web to 192.0.2.2');
    expect(await fetchIn(shared.neighbour, 'http://10.70.1.2:81/')).toBe('');
    expect(await pings(shared.neighbour, '10.70.1.2')).toBe(true);
    expect(await fetchIn(web.netns, 'http://192.0.2.2/')).toBe('outside to 10.70.1.2');
    await expect(fetchIn(null, 'http://127.0.0.1:8070/')).rejects.toThrow();
    await shared.fixture.close();
    await shared.fixture.open();
    expect(await fetchIn(shared.neighbour, 'http://10.70.1.2/')).toBe('web to 192.0.2.2');
    // On to a network with a port of this machine, and back.
    const moved = await shared.fixture.network.controller.attach(web.request, 'bridge', { GwPriority: 1 });
    expect(moved.ports['80/tcp']).toContainEqual({ HostIp: '0.0.0.0', HostPort: '8070' });
    expect(await fetchIn(shared.neighbour, 'http://192.0.2.1:8070/')).toBe('web to 192.0.2.2');
    expect((await shared.fixture.network.controller.detach(web.request, 'bridge')).ports).toEqual({ '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '' }] });
    await shared.fixture.network.controller.release(web.request.containerId);
    expect(await fetchIn(shared.neighbour, 'http://10.70.1.2/')).toBe('');
  });

  it('nat: only published ports; nat-unprotected: every port of the container too', async () => {
    await network('guarded', '10.70.2.0/24', mode('nat'));
    await network('unprotected', '10.70.3.0/24', mode('nat-unprotected'));
    const [guarded, open] = [await shared.fixture.box({ hostConfig: { NetworkMode: 'guarded', PortBindings: published('8072') } }), await shared.fixture.box({ hostConfig: { NetworkMode: 'unprotected', PortBindings: published('8073') } })];
    for (const { netns } of [guarded, open]) for (const port of [80, 81]) await serve(netns, port, 'web');
    expect(await fetchIn(shared.neighbour, 'http://10.70.2.2/')).toBe('');
    expect(await fetchIn(shared.neighbour, 'http://10.70.3.2:81/')).toBe('web to 192.0.2.2');
    for (const port of [8072, 8073]) expect(await fetchIn(shared.neighbour, `http://192.0.2.1:${port}/`)).toBe('web to 192.0.2.2');
  });

  it('isolated: not even this machine is on the network', async () => {
    await network('isolated', '10.70.4.0/24', { ...mode('isolated'), 'com.docker.network.bridge.name': 'br-isolated' }, { Internal: true });
    const [one, two] = [await shared.fixture.box({ hostConfig: { NetworkMode: 'isolated' } }), await shared.fixture.box({ hostConfig: { NetworkMode: 'isolated' } })];
    expect(await run('ip', '-4', '-o', 'addr', 'show', 'dev', 'br-isolated')).toBe('');
    expect(await pings(one.netns, two.sandbox.endpoints.isolated!.IPAddress!)).toBe(true);
    expect(one.sandbox.endpoints.isolated).toMatchObject({ IPAddress: '10.70.4.1', Gateway: '' });
    expect(shared.fixture.network.networks.inspect('isolated').IPAM.Config).toEqual([{ Subnet: '10.70.4.0/24' }]);
  });

  it('are refused in the words of dockerd', async () => {
    const { networks } = shared.fixture.network;
    await expect(networks.create({ Name: 'bad', Options: mode('isolated') })).rejects.toThrow("gateway mode 'isolated' can only be used for an internal network");
    await expect(networks.create({ Name: 'bad', Options: mode('nope') })).rejects.toThrow('failed to parse com.docker.network.bridge.gateway_mode_ipv4 value: nope (unknown gateway mode nope)');
    await expect(networks.create({ Name: 'bad', IPAM: { Driver: 'null' } })).rejects.toThrow('ipv4 pool is empty');
  });
});

describe('what is under way', () => {
  it('UDP goes to the new container although its sender never paused', async () => {
    await network('udp', '10.70.5.0/24', {});
    const hostConfig = { NetworkMode: 'udp', PortBindings: { '53/udp': [{ HostIp: '', HostPort: '5370' }] } };
    const ask = async () => {
      const script = `const s = require('node:dgram').createSocket('udp4'); s.on('message', (m) => { console.log(String(m)); process.exit(); }); s.bind(40000, () => s.send('hi', 5370, '192.0.2.1')); setTimeout(process.exit, 1000)`;
      return (await runIn(shared.neighbour, process.execPath, '-e', script)).stdout.trim();
    };
    // Before anybody publishes the port the sender's flow leads to this machine itself.
    expect(await ask()).toBe('');
    const before = await shared.fixture.box({ hostConfig });
    stops.push(await echoIn(before.netns, 53, 'one '));
    expect(await ask()).toBe('one hi');
    await shared.fixture.network.controller.release(before.request.containerId);
    const after = await shared.fixture.box({ hostConfig, endpoints: { udp: { IPAMConfig: { IPv4Address: '10.70.5.9' } } } });
    stops.push(await echoIn(after.netns, 53, 'two '));
    expect(await ask()).toBe('two hi');
  });

  it('a connection that this machine carries ends when its container is taken off the network', async () => {
    await network('left', '10.70.6.0/24', {});
    const web = await shared.fixture.box({ hostConfig: { NetworkMode: 'left', PortBindings: published('8076') } });
    await serve(web.netns, 80, 'web');
    const client = connect({ host: '127.0.0.1', port: 8076 });
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(client, 'data');
    const ended = new Promise((resolve) => client.once('error', resolve).once('close', resolve));
    await shared.fixture.network.controller.detach(web.request, 'left');
    await ended;
    expect(client.destroyed).toBe(true);
  });
});

describe('settings of one interface', () => {
  const option = 'com.docker.network.endpoint.sysctls';
  it('are set whatever the interface is called', async () => {
    await network('set', '10.70.7.0/24', { 'com.docker.network.container_iface_prefix': 'net' });
    const asked = { DriverOpts: { [option]: 'net.ipv4.conf.IFNAME.log_martians=1,net.ipv4.neigh.IFNAME.gc_stale_time=77' } };
    const box = await shared.fixture.box({ hostConfig: { NetworkMode: 'set' }, endpoints: { set: asked } });
    expect((await runIn(box.netns, 'cat', '/proc/sys/net/ipv4/conf/net0/log_martians', '/proc/sys/net/ipv4/neigh/net0/gc_stale_time')).stdout).toBe('1\n77\n');
    expect((await runIn(box.netns, 'cat', '/proc/sys/net/ipv4/conf/lo/log_martians')).stdout).toBe('0\n');
  });

  it.each(['net.ipv4.conf.eth0.log_martians=1', 'net.ipv4.conf.IFNAME.../x=1', 'kernel.IFNAME=1', 'net.ipv4.conf.IFNAME.log_martians'])('%s is refused', async (text) => {
    await expect(shared.fixture.box({ endpoints: { bridge: { DriverOpts: { [option]: text } } } })).rejects.toThrow('invalid endpoint sysctl');
  });
});
