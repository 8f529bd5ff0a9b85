import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openNetwork } from './open-network.ts';
import { NativeHostPorts } from './ports/native-host-ports.ts';
import { fetchIn, pings } from './testing/network-fixture.ts';
import { run, runIn } from './testing/private-machine.ts';
import { usePrivateNetwork } from './testing/private-network.ts';

const shared = usePrivateNetwork();
const { serve } = shared;

const route = async (netns: string, ...family: string[]) => (await runIn(netns, 'ip', ...family, 'route', 'show', 'default')).stdout.trim();

describe('a running container', () => {
  it('is connected to a network and taken off it', async () => {
    const { networks, controller } = shared.fixture.network;
    await networks.create({ Name: 'front', IPAM: { Config: [{ Subnet: '10.60.0.0/24' }] } });
    const one = await shared.fixture.box({ name: 'one' });
    const two = await shared.fixture.box({ name: 'two', hostConfig: { NetworkMode: 'front' } });
    await serve(two.netns, 80, 'two');
    expect(await fetchIn(one.netns, 'http://10.60.0.2/')).toBe('');
    const after = await controller.attach(one.request, 'front', { IPAMConfig: { IPv4Address: '10.60.0.9' }, Aliases: ['uno'] });
    expect(after.endpoints.front).toMatchObject({ IPAddress: '10.60.0.9', Gateway: '10.60.0.1', IPPrefixLen: 24, DNSNames: ['one', 'uno', one.request.containerId.slice(0, 12)] });
    expect(await fetchIn(one.netns, 'http://10.60.0.2/')).toBe('two to 10.60.0.9');
    expect((await runIn(two.netns, 'busybox', 'nslookup', 'uno', '127.0.0.11')).stdout).toContain('10.60.0.9');
    expect(readFileSync(join(one.request.directory, 'hosts'), 'utf8')).toContain(`10.60.0.9\t${one.request.config.Hostname}\n`);
    expect(Object.keys(networks.inspect('front').Containers)).toHaveLength(2);
    await expect(controller.attach(one.request, 'front', {})).rejects.toThrow('endpoint with name one already exists in network front');
    expect(await route(one.netns)).toContain('172.17.0.1');

    await controller.detach(one.request, 'bridge');
    expect(await route(one.netns)).toContain('10.60.0.1');
    await controller.detach(one.request, 'front');
    expect(await route(one.netns)).toBe('');
    expect(readFileSync(join(one.request.directory, 'hosts'), 'utf8')).not.toContain('10.60.0.9');
    expect((await runIn(one.netns, 'ip', '-o', 'link')).stdout.trim().split('\n')).toHaveLength(1);
    await expect(controller.detach(one.request, 'front')).rejects.toThrow(`container ${one.request.containerId} is not connected to network front`);
    expect(shared.fixture.events).toEqual(expect.arrayContaining(['network connect front', 'network disconnect front']));
  });

  it('has its ports where its default route is', async () => {
    const { networks, controller } = shared.fixture.network;
    await networks.create({ Name: 'away' });
    const web = await shared.fixture.box({ hostConfig: { PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8090' }] } } });
    await serve(web.netns, 80, 'web');
    await controller.attach(web.request, 'away', { GwPriority: 1 });
    expect(await route(web.netns)).toContain('172.18.0.1');
    expect(await fetchIn(null, 'http://127.0.0.1:8090/')).toBe('web to 172.18.0.1');
    expect(await fetchIn(shared.neighbour, 'http://192.0.2.1:8090/')).toBe('web to 192.0.2.2');
    await controller.detach(web.request, 'away');
    expect(await fetchIn(null, 'http://127.0.0.1:8090/')).toBe('web to 172.17.0.1');
    const bare = await controller.detach(web.request, 'bridge');
    expect(bare.ports).toEqual({ '80/tcp': null });
    await expect(fetchIn(null, 'http://127.0.0.1:8090/')).rejects.toThrow();
    await controller.attach(web.request, 'bridge', {});
    expect(await fetchIn(null, 'http://127.0.0.1:8090/')).toBe('web to 172.17.0.1');
  });

  it('keeps what it was connected to when the engine starts again', async () => {
    await shared.fixture.network.networks.create({ Name: 'kept', EnableIPv6: true });
    const box = await shared.fixture.box({ name: 'stayer' });
    const other = await shared.fixture.box({ hostConfig: { NetworkMode: 'kept' } });
    const before = await shared.fixture.network.controller.attach(box.request, 'kept', { Aliases: ['still'] });
    await shared.fixture.close();
    await shared.fixture.open();
    expect(shared.fixture.network.networks.inspect('kept').Containers[box.request.containerId]).toMatchObject({ Name: 'stayer', IPv4Address: `${before.endpoints.kept!.IPAddress}/16` });
    expect((await runIn(other.netns, 'busybox', 'nslookup', 'still', '127.0.0.11')).stdout).toContain(before.endpoints.kept!.IPAddress);
    await shared.fixture.network.controller.detach(box.request, 'kept');
    expect((await shared.fixture.box({ hostConfig: { NetworkMode: 'kept' } })).sandbox.endpoints.kept!.IPAddress).toBe(before.endpoints.kept!.IPAddress);
  });

  it('is found under its new name', async () => {
    await shared.fixture.network.networks.create({ Name: 'names' });
    const [one, two] = [await shared.fixture.box({ name: 'old', hostConfig: { NetworkMode: 'names' } }), await shared.fixture.box({ hostConfig: { NetworkMode: 'names' }, endpoints: { names: { Links: ['fresh:nick'] } } })];
    await shared.fixture.network.controller.rename({ ...one.request, containerName: 'fresh' });
    const lookUp = async (name: string) => (await runIn(two.netns, 'busybox', 'nslookup', name, '127.0.0.11')).stdout;
    expect(await lookUp('fresh')).toContain(one.sandbox.endpoints.names!.IPAddress);
    expect(await lookUp('nick')).toContain(one.sandbox.endpoints.names!.IPAddress);
    expect(await lookUp('old')).toContain('SERVFAIL');
  });
});

describe('IPv6', () => {
  it('reaches neighbours, the outside and published ports', async () => {
    await run('ip', '-6', 'addr', 'add', '2001:db8::1/64', 'dev', 'wire0', 'nodad');
    await run('nsenter', `--net=${shared.neighbour}`, 'ip', '-6', 'addr', 'add', '2001:db8::2/64', 'dev', 'wire1', 'nodad');
    await shared.fixture.network.networks.create({ Name: 'six', EnableIPv6: true, IPAM: { Config: [{ Subnet: 'fd00:6::/64' }, { Subnet: '10.66.0.0/24' }] } });
    expect(shared.fixture.network.networks.inspect('six').IPAM.Config).toEqual([{ Subnet: '10.66.0.0/24', Gateway: '10.66.0.1' }, { Subnet: 'fd00:6::/64', Gateway: 'fd00:6::1' }]);
    const web = await shared.fixture.box({ name: 'web', hostConfig: { NetworkMode: 'six', PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8086' }] } }, endpoints: { six: { IPAMConfig: { IPv6Address: 'fd00:6::77' } } } });
    const other = await shared.fixture.box({ hostConfig: { NetworkMode: 'six' } });
    expect(web.sandbox.endpoints.six).toMatchObject({ IPAddress: '10.66.0.2', GlobalIPv6Address: 'fd00:6::77', GlobalIPv6PrefixLen: 64, IPv6Gateway: 'fd00:6::1' });
    await serve(web.netns, 80, 'web');
    await serve(shared.neighbour, 80, 'outside');
    expect(await fetchIn(other.netns, 'http://[fd00:6::77]/')).toBe('web to fd00:6::2');
    // The neighbour knows no way back to fd00:6::/64: only a masqueraded address gets an answer.
    expect(await fetchIn(other.netns, 'http://[2001:db8::2]/')).toBe('outside to 2001:db8::1');
    expect(await fetchIn(null, 'http://[::1]:8086/')).toBe('web to fd00:6::1');
    expect(await fetchIn(shared.neighbour, 'http://[2001:db8::1]:8086/')).toBe('web to 2001:db8::2');
    expect((await runIn(other.netns, 'busybox', 'nslookup', '-type=aaaa', 'web', '127.0.0.11')).stdout).toContain('fd00:6::77');
    const plain = await shared.fixture.box();
    expect((await runIn(plain.netns, 'ip', '-6', '-o', 'addr', 'show', 'eth0')).stdout).toBe('');
  });
});

describe('network options', () => {
  it('keep containers apart with icc off, and leave them their way out', async () => {
    await shared.fixture.network.networks.create({ Name: 'shy', Options: { 'com.docker.network.bridge.enable_icc': 'false', 'com.docker.network.container_iface_prefix': 'net' } });
    const [one, two] = [await shared.fixture.box({ hostConfig: { NetworkMode: 'shy' } }), await shared.fixture.box({ hostConfig: { NetworkMode: 'shy' } })];
    expect(await pings(one.netns, two.sandbox.endpoints.shy!.IPAddress!)).toBe(false);
    expect(await pings(one.netns, '192.0.2.2')).toBe(true);
    expect((await runIn(one.netns, 'ip', '-o', 'link', 'show', 'net0')).stdout).toContain('net0');
  });

  it('name bridge and MTU, choose addresses from a range, and bind ports to an address', async () => {
    const request = {
      Name: 'fine',
      IPAM: { Config: [{ Subnet: '10.67.0.0/16', IPRange: '10.67.5.0/24', AuxiliaryAddresses: { router: '10.67.5.1' } }] },
      Options: { 'com.docker.network.bridge.name': 'br-fine', 'com.docker.network.driver.mtu': '1400', 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' },
    };
    await shared.fixture.network.networks.create(request);
    const box = await shared.fixture.box({ hostConfig: { NetworkMode: 'fine', PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8067' }] } } });
    expect(box.sandbox.endpoints.fine).toMatchObject({ Gateway: '10.67.5.0', IPAddress: '10.67.5.2' });
    expect(box.sandbox.ports).toEqual({ '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8067' }] });
    expect((await runIn(box.netns, 'ip', '-o', 'link', 'show', 'eth0')).stdout).toContain('mtu 1400');
    expect(await run('ip', '-o', 'link', 'show', 'br-fine')).toContain('mtu 1400');
    expect(shared.fixture.network.networks.inspect('fine').IPAM.Config).toEqual([{ Subnet: '10.67.0.0/16', IPRange: '10.67.5.0/24', Gateway: '10.67.5.0', AuxiliaryAddresses: { router: '10.67.5.1' } }]);
  });

  it('come from a configuration network', async () => {
    const { networks } = shared.fixture.network;
    await networks.create({ Name: 'recipe', ConfigOnly: true, IPAM: { Config: [{ Subnet: '10.68.0.0/24' }] }, Labels: { a: 'b' } });
    await networks.create({ Name: 'dish', ConfigFrom: { Network: 'recipe' } });
    expect(networks.inspect('dish')).toMatchObject({ Driver: 'bridge', Labels: { a: 'b' }, ConfigFrom: { Network: 'recipe' }, IPAM: { Config: [{ Subnet: '10.68.0.0/24', Gateway: '10.68.0.1' }] } });
    expect(networks.inspect('recipe')).toMatchObject({ Driver: 'null', ConfigOnly: true });
    await expect(networks.remove('recipe')).rejects.toThrow('configuration network "recipe" is in use');
    await expect(shared.fixture.box({ hostConfig: { NetworkMode: 'recipe' } })).rejects.toThrow('recipe');
    await networks.remove('dish');
    await networks.remove('recipe');
  });

  it('are refused in the words of dockerd', async () => {
    const { networks } = shared.fixture.network;
    const cases: [object, string][] = [
      [{ Driver: 'nope' }, 'plugin "nope" not found'],
      [{ Driver: 'host' }, 'only one instance of "host" network is allowed'],
      [{ IPAM: { Config: [{ Subnet: '10.9.0.0' }] } }, 'invalid network config:\ninvalid subnet 10.9.0.0: invalid CIDR block notation'],
      [{ IPAM: { Config: [{ Subnet: '10.9.0.1/16' }] } }, 'invalid subnet 10.9.0.1/16: it should be 10.9.0.0/16'],
      [{ IPAM: { Config: [{ Subnet: '10.9.0.0/16', Gateway: '10.8.0.1', IPRange: '10.0.0.0/8' }] } }, "* invalid ip-range 10.0.0.0/8: CIDR block is bigger than its parent subnet 10.9.0.0/16\n* invalid gateway 10.8.0.1: parent subnet 10.9.0.0/16 doesn't contain this address"],
      [{ IPAM: { Config: [{ Subnet: '10.9.0.0/16' }, { Subnet: '10.8.0.0/16' }] } }, "bridge driver doesn't support multiple subnets"],
      [{ IPAM: { Config: [{ Subnet: '172.17.3.0/24' }] } }, 'Pool overlaps with other one on this address space'],
      [{ Options: { 'com.docker.network.bridge.enable_icc': 'abc' } }, 'failed to parse com.docker.network.bridge.enable_icc value: abc'],
      [{ Options: { 'com.docker.network.bridge.name': 'slipway0' } }, 'networks have same bridge name'],
      [{ Driver: 'macvlan', Options: { parent: 'nope0' } }, 'invalid subinterface vlan name nope0, example formatting is eth0.10'],
      [{ Driver: 'macvlan', Options: { parent: 'lo' } }, 'loopback interface is not a valid macvlan parent link'],
      [{ ConfigFrom: { Network: 'nope' } }, 'configuration network "nope" does not exist'],
    ];
    for (const [request, words] of cases) await expect(networks.create({ Name: 'bad', ...request }), words).rejects.toThrow(words);
    expect(networks.list({ name: ['bad'] })).toEqual([]);
  });
});

describe('macvlan', () => {
  it('puts containers on the wire itself, on machines that have an eth0 too', async () => {
    await run('ip', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0-peer');
    await shared.fixture.network.networks.create({ Name: 'wire', Driver: 'macvlan', Options: { parent: 'wire0' }, IPAM: { Config: [{ Subnet: '192.0.2.0/24', Gateway: '192.0.2.2', IPRange: '192.0.2.64/26' }] } });
    const [one, two] = [await shared.fixture.box({ hostConfig: { NetworkMode: 'wire' } }), await shared.fixture.box({ hostConfig: { NetworkMode: 'wire' } })];
    expect(one.sandbox.endpoints.wire).toMatchObject({ IPAddress: '192.0.2.64', Gateway: '192.0.2.2' });
    await serve(shared.neighbour, 80, 'outside');
    expect(await fetchIn(one.netns, 'http://192.0.2.2/')).toBe('outside to 192.0.2.64');
    expect(await pings(one.netns, two.sandbox.endpoints.wire!.IPAddress!)).toBe(true);
    expect(await route(one.netns)).toContain('via 192.0.2.2');
    expect((await runIn(one.netns!, 'ip', '-o', 'link')).stdout).toMatch(/: eth0@/);
    await run('ip', 'link', 'del', 'eth0');
  });
});

describe('engines that start in the same moment', () => {
  it('have bridges and ranges of their own', async () => {
    const open = (name: string) =>
      openNetwork({ config: { root: join(shared.folder, name), execRoot: join(shared.folder, `${name}-exec`), guestPorts: [] }, hostPorts: new NativeHostPorts(), events: { publish: () => undefined }, log: () => undefined });
    const engines = await Promise.all(['a', 'b', 'c'].map(open));
    await Promise.all(engines.map((engine) => engine.controller.restore([])));
    const subnets = engines.map((engine) => engine.networks.inspect('bridge').IPAM.Config![0]!.Subnet);
    const bridges = engines.map((engine) => engine.networks.inspect('bridge').Options!['com.docker.network.bridge.name']);
    expect(new Set(subnets).size).toBe(3);
    expect(new Set(bridges).size).toBe(3);
    for (const engine of engines) await engine.close();
  });
});
