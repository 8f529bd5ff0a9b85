import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HostConfig } from '../../contract/engine-api/container.ts';
import type { EndpointSettings } from '../../contract/engine-api/network.ts';
import type { Sandbox, SandboxRequest } from '../containers/collaborators.ts';
import { decodeQuery, decodeReply, encodeAnswer, encodeQuery, RecordType } from './dns/message.ts';
import { DnsFrames, frame } from './dns/tcp-frames.ts';
import { openNetwork, type EngineNetwork } from './open-network.ts';
import { NativeHostPorts } from './ports/native-host-ports.ts';
import { addNeighbour, echoIn, enterPrivateMachine, leavePrivateMachine, run, runIn, serveIn } from './testing/private-machine.ts';

let folder: string;
let neighbour: string;
let network: EngineNetwork;
let hostPorts: NativeHostPorts;
let log: string[];
let events: string[];
const cleanups: (() => Promise<unknown> | unknown)[] = [];
let number = 0;

beforeAll(async () => {
  folder = await enterPrivateMachine();
  neighbour = await addNeighbour(folder);
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\nsearch test.example\n');
});

afterAll(() => leavePrivateMachine(folder));

beforeEach(async () => {
  log = [];
  events = [];
  network = await open();
  await network.controller.restore([]);
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await close(network);
});

async function open(options: { guestPorts?: string[] } = {}): Promise<EngineNetwork> {
  hostPorts = new NativeHostPorts();
  return openNetwork({
    config: { root: join(folder, 'root'), execRoot: join(folder, 'exec'), guestPorts: options.guestPorts ?? [] },
    hostPorts,
    events: { publish: (type, action, _id, attributes) => events.push(`${type} ${action} ${attributes.name ?? ''}`) },
    log: (line) => log.push(line),
    preparedNamespaces: 1,
    resolvConf: join(folder, 'resolv.conf'),
  });
}

/** As a killed engine leaves things: its sockets close, the kernel's state stays. */
async function close(engine: EngineNetwork): Promise<void> {
  await engine.close();
  await hostPorts.close();
}

function requestOf(options: { name?: string; hostConfig?: HostConfig; endpoints?: Record<string, EndpointSettings>; exposed?: string[] } = {}): SandboxRequest {
  number += 1;
  const containerId = number.toString(16).padStart(64, 'c0ffee');
  return {
    containerId,
    containerName: options.name ?? `box${number}`,
    config: { Hostname: containerId.slice(0, 12), ExposedPorts: Object.fromEntries((options.exposed ?? []).map((port) => [port, {}])) },
    hostConfig: options.hostConfig ?? {},
    endpoints: endpointsOf(options.hostConfig?.NetworkMode ?? 'bridge', options.endpoints ?? {}),
    directory: join(folder, 'containers', containerId),
  };
}

/** The network mode names an endpoint too, as create fills it in. */
function endpointsOf(mode: string, asked: Record<string, EndpointSettings>): Record<string, EndpointSettings> {
  return mode.startsWith('container:') ? asked : { [mode]: {}, ...asked };
}

async function connect(request: SandboxRequest): Promise<Sandbox> {
  const sandbox = await network.controller.connect(request);
  cleanups.push(async () => {
    await network.controller.release(request.containerId);
    await network.controller.settled();
  });
  return sandbox;
}

async function start(stop: Promise<() => Promise<void>>): Promise<void> {
  cleanups.push(await stop);
}

const addressOf = (sandbox: Sandbox) => Object.values(sandbox.endpoints)[0]!.IPAddress!;
const fetchIn = async (netns: string | null, url: string) =>
  netns === null ? (await fetch(url)).text() : (await runIn(netns, process.execPath, '-e', fetchScript, url)).stdout;
/** Prints nothing when there is no answer within a second. */
const fetchScript = `setTimeout(() => process.exit(0), 1000); require('node:http').get(process.argv[1], (answer) => answer.on('data', (text) => process.stdout.write(text, () => process.exit(0)))).on('error', () => undefined)`;
const etc = (request: SandboxRequest, name: string) => readFileSync(join(request.directory, name), 'utf8');

describe('the default bridge', () => {
  it('connects containers with each other and with the outside', async () => {
    const [one, two] = [await connect(requestOf()), await connect(requestOf())];
    expect([addressOf(one), addressOf(two)]).toEqual(['172.17.0.2', '172.17.0.3']);
    expect((await runIn(one.netns!, 'busybox', 'ping', '-c', '1', '-W', '2', addressOf(two))).exitCode).toBe(0);
    await start(serveIn(two.netns, 80, 'hello'));
    expect(await fetchIn(one.netns, `http://${addressOf(two)}/`)).toBe('hello to 172.17.0.2');
    // The neighbour knows no way back to 172.17.0.0/16: only a masqueraded address gets an answer.
    await start(serveIn(neighbour, 80, 'outside'));
    expect(await fetchIn(one.netns, 'http://192.0.2.2/')).toBe('outside to 192.0.2.1');
  });

  it('shows the endpoint as dockerd does', async () => {
    const request = requestOf();
    const described = await network.controller.describe(request);
    const sandbox = await connect(request);
    const id = network.networks.inspect('bridge').Id;
    expect(described.bridge).toMatchObject({ NetworkID: id, EndpointID: '', IPAddress: '' });
    expect(sandbox.endpoints.bridge).toMatchObject({ NetworkID: id, Gateway: '172.17.0.1', IPAddress: '172.17.0.2', IPPrefixLen: 16, MacAddress: '02:42:ac:11:00:02', DNSNames: null });
    expect((await runIn(sandbox.netns!, 'ip', '-o', 'link', 'show', 'eth0')).stdout).toContain('02:42:ac:11:00:02');
    expect(network.networks.inspect('bridge').Containers[request.containerId]).toMatchObject({ Name: request.containerName, IPv4Address: '172.17.0.2/16' });
    expect(events).toContain('network connect bridge');
  });

  it('writes hosts, hostname and resolv.conf', async () => {
    const request = requestOf({ hostConfig: { ExtraHosts: ['db:10.0.0.9', 'outer:host-gateway'] } });
    const sandbox = await connect(request);
    expect(sandbox.etcFiles.map((file) => file.destination)).toEqual(['/etc/hosts', '/etc/hostname', '/etc/resolv.conf']);
    expect(etc(request, 'hosts')).toContain('127.0.0.1\tlocalhost\n');
    expect(etc(request, 'hosts').split('\n').slice(6)).toEqual(['10.0.0.9\tdb', '172.17.0.1\touter', `172.17.0.2\t${request.config.Hostname}`, '']);
    expect(etc(request, 'hostname')).toBe(`${request.config.Hostname}\n`);
    expect(etc(request, 'resolv.conf')).toMatch(/^nameserver 127\.0\.0\.11\nsearch test\.example\noptions ndots:0$/m);
  });

  it('leaves nothing behind', async () => {
    const request = requestOf({ hostConfig: { PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }] } } });
    await network.controller.connect(request);
    expect(await run('ip', '-o', 'link', 'show', 'type', 'veth')).toContain('master slipway0');
    await network.controller.release(request.containerId);
    await network.controller.release(request.containerId);
    await network.controller.settled();
    expect(await run('ip', '-o', 'link', 'show', 'master', 'slipway0')).toBe('');
    expect(await run('nft', 'list', 'map', 'inet', 'slipway', 'published_tcp')).not.toContain('8080');
    expect((await run('findmnt', '-rn', '-o', 'TARGET', '-t', 'nsfs')).split('\n').filter((line) => line.includes(request.containerId.slice(0, 12)))).toEqual([]);
    expect(network.networks.inspect('bridge').Containers).toEqual({});
    expect(addressOf(await connect(requestOf()))).toBe('172.17.0.2');
  });
});

describe('published ports', () => {
  const publish = (containerPort: string, hostPort: string, hostIp = ''): HostConfig => ({ PortBindings: { [containerPort]: [{ HostIp: hostIp, HostPort: hostPort }] } });

  it('are reached from this machine, from others, and from containers by the gateway', async () => {
    const sandbox = await connect(requestOf({ hostConfig: publish('80/tcp', '8080') }));
    await start(serveIn(sandbox.netns, 80, 'web'));
    expect(sandbox.ports).toEqual({ '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }, { HostIp: '::', HostPort: '8080' }] });
    expect(await fetchIn(null, 'http://127.0.0.1:8080/')).toBe('web to 172.17.0.1');
    expect(await fetchIn(null, 'http://[::1]:8080/')).toBe('web to 172.17.0.1');
    expect(await fetchIn(null, 'http://192.0.2.1:8080/')).toBe('web to 172.17.0.1');
    // By the packet filter: the container sees who it really was.
    expect(await fetchIn(neighbour, 'http://192.0.2.1:8080/')).toBe('web to 192.0.2.2');
    const other = await connect(requestOf());
    expect(await fetchIn(other.netns, 'http://172.17.0.1:8080/')).toBe('web to 172.17.0.1');
    expect(await fetchIn(sandbox.netns, 'http://172.17.0.1:8080/')).toBe('web to 172.17.0.1');
    expect(network.controller.lookupPort('tcp', '127.0.0.1', 8080)).toEqual({ address: addressOf(sandbox), port: 80 });
  });

  it('stay on the address that was asked for', async () => {
    const sandbox = await connect(requestOf({ hostConfig: publish('80/tcp', '8081', '127.0.0.1') }));
    await start(serveIn(sandbox.netns, 80, 'local'));
    expect(await fetchIn(null, 'http://127.0.0.1:8081/')).toBe('local to 172.17.0.1');
    expect((await runIn(neighbour, 'busybox', 'nc', '-w', '2', '192.0.2.1', '8081')).exitCode).not.toBe(0);
    await expect(network.controller.connect(requestOf({ hostConfig: publish('80/tcp', '8082', '203.0.113.9') }))).rejects.toThrow('203.0.113.9 is no address of this machine');
  });

  it('carry UDP', async () => {
    const sandbox = await connect(requestOf({ hostConfig: publish('53/udp', '5353') }));
    await start(echoIn(sandbox.netns!, 53, 'echo '));
    const ask = `const s = require('node:dgram').createSocket('udp4'); s.on('message', (m) => { console.log(String(m)); s.close(); }); s.send('hi', 5353, '192.0.2.1')`;
    expect((await runIn(neighbour, process.execPath, '-e', ask)).stdout).toBe('echo hi\n');
    expect(await run(process.execPath, '-e', ask.replace('192.0.2.1', '127.0.0.1'))).toBe('echo hi\n');
  });

  it('come from a range or from anywhere', async () => {
    const first = await connect(requestOf({ hostConfig: publish('80/tcp', '8090-8091', '0.0.0.0') }));
    const second = await connect(requestOf({ hostConfig: publish('80/tcp', '8090-8091', '0.0.0.0') }));
    expect([first.ports['80/tcp'], second.ports['80/tcp']]).toEqual([[{ HostIp: '0.0.0.0', HostPort: '8090' }], [{ HostIp: '0.0.0.0', HostPort: '8091' }]]);
    await expect(network.controller.connect(requestOf({ hostConfig: publish('80/tcp', '8090-8091', '0.0.0.0') }))).rejects.toThrow('port is already allocated');
    const all = await connect(requestOf({ exposed: ['80/tcp', '53/udp'], hostConfig: { PublishAllPorts: true } }));
    expect(Number(all.ports['80/tcp']![0]!.HostPort)).toBeGreaterThanOrEqual(32768);
    expect(Number(all.ports['53/udp']![0]!.HostPort)).toBeGreaterThanOrEqual(32768);
    expect((await connect(requestOf({ exposed: ['443/tcp'] }))).ports).toEqual({ '443/tcp': null });
  });

  it('are a thousand, in the packet filter too', async () => {
    const bindings = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`${1000 + index}/tcp`, [{ HostIp: '192.0.2.1', HostPort: String(11_000 + index) }]]));
    const request = requestOf({ hostConfig: { PortBindings: bindings } });
    const sandbox = await connect(request);
    await start(serveIn(sandbox.netns, 1999, 'many'));
    expect(await fetchIn(neighbour, 'http://192.0.2.1:11999/')).toBe('many to 192.0.2.2');
    await network.controller.release(request.containerId);
    expect(await run('nft', 'list', 'map', 'inet', 'slipway', 'published_tcp_at')).not.toContain('elements');
  });

  it('name the container that holds a port', async () => {
    await connect(requestOf({ name: 'web', hostConfig: publish('80/tcp', '8080') }));
    const second = requestOf({ name: 'other', hostConfig: publish('80/tcp', '8080') });
    await expect(network.controller.connect(second)).rejects.toThrow(/driver failed programming external connectivity on endpoint other \([0-9a-f]{64}\): Bind for 0\.0\.0\.0:8080 failed: port is already allocated by container "web"/);
    await network.controller.settled();
    expect((await run('ip', '-o', 'link', 'show', 'master', 'slipway0')).trim().split('\n')).toHaveLength(1);
  });

  it('name the process that holds a port', async () => {
    const server = createServer().listen(8085, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => server.close());
    await expect(network.controller.connect(requestOf({ hostConfig: publish('80/tcp', '8085') }))).rejects.toThrow(
      new RegExp(`Bind for 0\\.0\\.0\\.0:8085 failed: port is already allocated by .+ \\(process ${process.pid}\\)`),
    );
  });
});

describe('isolation', () => {
  it('keeps networks apart and unpublished ports closed', async () => {
    await network.networks.create({ Name: 'apart' });
    cleanups.push(() => network.networks.remove('apart'));
    const [one, two] = [await connect(requestOf()), await connect(requestOf({ hostConfig: { NetworkMode: 'apart' } }))];
    expect(addressOf(two)).toBe('172.18.0.2');
    await start(serveIn(two.netns, 80, 'secret'));
    expect(await fetchIn(one.netns, 'http://172.18.0.2/')).toBe('');
    await run('nsenter', `--net=${neighbour}`, 'ip', 'route', 'add', '172.18.0.0/16', 'via', '192.0.2.1');
    cleanups.push(() => run('nsenter', `--net=${neighbour}`, 'ip', 'route', 'del', '172.18.0.0/16'));
    expect(await fetchIn(neighbour, 'http://172.18.0.2/')).toBe('');
    expect(await fetchIn(null, 'http://172.18.0.2/')).toContain('secret');
  });

  it('lets an internal network neither out nor in', async () => {
    await network.networks.create({ Name: 'closed', Internal: true });
    cleanups.push(() => network.networks.remove('closed'));
    const one = await connect(requestOf({ hostConfig: { NetworkMode: 'closed', PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8070' }] } } }));
    const two = await connect(requestOf({ hostConfig: { NetworkMode: 'closed' } }));
    expect(one.ports).toEqual({ '80/tcp': null });
    expect((await runIn(one.netns!, 'busybox', 'ping', '-c', '1', '-W', '2', addressOf(two))).exitCode).toBe(0);
    expect((await runIn(one.netns!, 'busybox', 'ping', '-c', '1', '-W', '1', '192.0.2.2')).exitCode).not.toBe(0);
  });

  it('in the VM, keeps containers from the hypervisor and from the machine itself, and lets the gateway in by lanes', async () => {
    await close(network);
    await run('ip', 'addr', 'add', '10.0.2.15/24', 'dev', 'wire0');
    await run('nsenter', `--net=${neighbour}`, 'ip', 'addr', 'add', '10.0.2.2/24', 'dev', 'wire1');
    await run('nsenter', `--net=${neighbour}`, 'ip', 'addr', 'add', '10.0.2.3/24', 'dev', 'wire1');
    cleanups.push(() => run('ip', 'addr', 'del', '10.0.2.15/24', 'dev', 'wire0'));
    network = await open({ guestPorts: ['/dev/none'] });
    await network.controller.restore([]);
    const box = await connect(requestOf({ hostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8099' }] } } }));
    await start(serveIn(neighbour, 80, 'host'));
    await start(serveIn(null, 8000, 'engine'));
    await start(serveIn(box.netns, 80, 'box'));
    await start(serveIn(null, 10_001, 'engine'));
    expect(await fetchIn(neighbour, 'http://10.0.2.15:10000/')).toBe('box to 172.17.0.1');
    const refused = `require('node:net').connect(10001, '10.0.2.15').on('connect', () => process.exit(1)).on('error', ({ code }) => process.stdout.write(code))`;
    expect((await runIn(neighbour, process.execPath, '-e', refused)).stdout).toBe('ECONNREFUSED');
    expect(await fetchIn(neighbour, 'http://10.0.2.15:8000/')).toBe('engine to 10.0.2.2');
    expect(await fetchIn(null, 'http://10.0.2.3/')).toContain('host');
    expect(await fetchIn(box.netns, 'http://10.0.2.3/')).toBe('');
    expect(await fetchIn(box.netns, 'http://172.17.0.1:8000/')).toBe('');
    expect(await fetchIn(box.netns, 'http://10.0.2.15:8000/')).toBe('');
    expect(await fetchIn(box.netns, 'http://192.0.2.2/')).toContain('host');
    expect((await runIn(box.netns!, 'busybox', 'ping', '-c', '1', '-W', '2', '172.17.0.1')).exitCode).toBe(0);
  });
});

describe('names', () => {
  /** A server that knows one name, on 127.0.0.1:53 of the test's machine. */
  async function startUpstream(): Promise<void> {
    const answer = (message: Buffer) => {
      const query = decodeQuery(message)!;
      return encodeAnswer(query, query.question.name === 'example.org' ? [{ type: RecordType.a, address: '198.51.100.7' }] : [], { ttl: 5, code: query.question.name === 'example.org' ? 0 : 3 });
    };
    const udp = createSocket('udp4').on('message', (message, from) => udp.send(answer(message), from.port, from.address));
    udp.bind(53, '127.0.0.1');
    const tcp = createServer((connection) => {
      const frames = new DnsFrames();
      connection.on('data', (chunk: Buffer) => frames.push(chunk).forEach((message) => connection.write(frame(answer(message)))));
      connection.on('error', () => undefined);
    }).listen(53, '127.0.0.1');
    await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
    cleanups.push(() => udp.close(), () => tcp.close());
  }

  async function ask(sandbox: Sandbox, transport: 'udp' | 'tcp', name: string, type: number = RecordType.a) {
    const query = encodeQuery(4711, { name, type, class: 1 });
    const script =
      transport === 'udp'
        ? `const s = require('node:dgram').createSocket('udp4'); s.on('message', (m) => { console.log(m.toString('hex')); s.close(); }); s.send(Buffer.from('${query.toString('hex')}', 'hex'), 53, '127.0.0.11')`
        : `const s = require('node:net').connect(53, '127.0.0.11'); s.on('data', (m) => { console.log(m.subarray(2).toString('hex')); s.end(); }); s.write(Buffer.from('${frame(query).toString('hex')}', 'hex'))`;
    return decodeReply(Buffer.from((await runIn(sandbox.netns!, process.execPath, '-e', script)).stdout.trim(), 'hex'));
  }

  it('of the outside come from the machine’s servers, over UDP and TCP', async () => {
    await startUpstream();
    const sandbox = await connect(requestOf());
    expect(await ask(sandbox, 'udp', 'example.org')).toMatchObject({ id: 4711, code: 0, answers: [{ address: '198.51.100.7' }] });
    expect(await ask(sandbox, 'tcp', 'example.org')).toMatchObject({ id: 4711, code: 0, answers: [{ address: '198.51.100.7' }] });
    expect(await ask(sandbox, 'udp', 'nope.example')).toMatchObject({ code: 3 });
    // A container may have a server of its own on port 53.
    await start(echoIn(sandbox.netns!, 53, 'mine'));
  });

  it('fail soon and say so when no server answers', async () => {
    const sandbox = await connect(requestOf());
    expect(await ask(sandbox, 'udp', 'example.org')).toMatchObject({ code: 2 });
  });

  it('of containers are known on user-defined networks, and there alone', async () => {
    await startUpstream();
    await network.networks.create({ Name: 'mine', IPAM: { Config: [{ Subnet: '10.44.0.0/24', Gateway: '10.44.0.254' }] } });
    cleanups.push(() => network.networks.remove('mine'));
    const onMine = (name: string, asked: EndpointSettings = {}) => connect(requestOf({ name, hostConfig: { NetworkMode: 'mine' }, endpoints: { mine: asked } }));
    const client = await onMine('client');
    const db = await onMine('db', { Aliases: ['Data'], IPAMConfig: { IPv4Address: '10.44.0.9' } });
    const plain = await connect(requestOf({ name: 'plain' }));
    const long = await onMine('l'.repeat(80));
    expect(await ask(client, 'udp', `${long.endpoints.mine!.IPAddress!.split('.').reverse().join('.')}.in-addr.arpa`, RecordType.ptr)).toMatchObject({ code: 2 });
    expect(db.endpoints.mine!.DNSNames).toEqual(['db', 'Data', expect.stringMatching(/^[0-9a-f]{12}$/)]);
    expect(await ask(client, 'udp', 'db')).toMatchObject({ answers: [{ address: '10.44.0.9' }] });
    expect(await ask(client, 'tcp', 'DATA.mine')).toMatchObject({ answers: [{ address: '10.44.0.9' }] });
    expect(await ask(client, 'udp', 'db', RecordType.aaaa)).toMatchObject({ code: 0, answers: [] });
    expect(await ask(client, 'udp', '9.0.44.10.in-addr.arpa', RecordType.ptr)).toMatchObject({ answers: [{ name: 'db.mine' }] });
    expect(await ask(plain, 'udp', 'db')).toMatchObject({ code: 3 });
    expect(await ask(client, 'udp', 'plain')).toMatchObject({ code: 3 });
    expect(await ask(client, 'udp', 'example.org')).toMatchObject({ answers: [{ address: '198.51.100.7' }] });
  });
});

describe('network modes', () => {
  it('none is a loopback alone', async () => {
    const sandbox = await connect(requestOf({ hostConfig: { NetworkMode: 'none' } }));
    expect(Object.keys(sandbox.endpoints)).toEqual(['none']);
    expect((await runIn(sandbox.netns!, 'ip', '-o', 'link')).stdout.trim().split('\n')).toHaveLength(1);
    expect((await runIn(sandbox.netns!, 'busybox', 'ping', '-c', '1', '-W', '1', '127.0.0.1')).exitCode).toBe(0);
  });

  it('host has no namespace and the machine’s files', async () => {
    const request = requestOf({ hostConfig: { NetworkMode: 'host' } });
    const sandbox = await connect(request);
    expect(sandbox.netns).toBeNull();
    expect(Object.keys(sandbox.endpoints)).toEqual(['host']);
    expect(etc(request, 'resolv.conf')).toContain('nameserver 127.0.0.1\n');
    expect(etc(request, 'hosts')).toContain(readFileSync('/etc/hosts', 'utf8').trim());
  });

  it('container:… shares namespace and files, and needs them to be there', async () => {
    const request = requestOf({ name: 'owner' });
    const owner = await connect(request);
    for (const reference of ['owner', request.containerId, request.containerId.slice(0, 12)]) {
      const guest = await connect(requestOf({ hostConfig: { NetworkMode: `container:${reference}` } }));
      expect(guest).toMatchObject({ netns: owner.netns, etcFiles: owner.etcFiles, endpoints: {}, sandboxId: '' });
    }
    await expect(network.controller.connect(requestOf({ hostConfig: { NetworkMode: 'container:nobody' } }))).rejects.toThrow('cannot join network of a non running container: nobody');
  });

  it('of an unknown network is refused', async () => {
    await expect(network.controller.connect(requestOf({ hostConfig: { NetworkMode: 'nope' } }))).rejects.toThrow('network nope not found');
  });
});

describe('networks', () => {
  it('has the three that are always there, with ids that stay', async () => {
    const ids = network.networks.list().map(({ Name, Id }) => [Name, Id]);
    expect(ids.map(([name]) => name).sort()).toEqual(['bridge', 'host', 'none']);
    await close(network);
    network = await open();
    await network.controller.restore([]);
    expect(new Map(network.networks.list().map(({ Name, Id }) => [Name!, Id!]))).toEqual(new Map(ids as [string, string][]));
  });

  it('refuses what dockerd refuses', async () => {
    await network.networks.create({ Name: 'twice', IPAM: { Config: [{ Subnet: '10.50.0.0/24' }] } });
    await expect(network.networks.create({ Name: 'twice' })).rejects.toThrow('network with name twice already exists');
    await expect(network.networks.create({ Name: 'over', IPAM: { Config: [{ Subnet: '10.50.0.128/25' }] } })).rejects.toThrow('Pool overlaps with other one on this address space');
    await expect(network.networks.remove('bridge')).rejects.toThrow('bridge is a pre-defined network and cannot be removed');
    await expect(network.networks.remove('nope')).rejects.toThrow('network nope not found');
    const request = requestOf({ hostConfig: { NetworkMode: 'twice' } });
    await network.controller.connect(request);
    await expect(network.networks.remove('twice')).rejects.toThrow('has active endpoints');
    await network.controller.release(request.containerId);
    await network.networks.remove('twice');
    expect(await run('ip', '-o', 'link', 'show', 'type', 'bridge')).not.toContain('br-');
  });
});

describe('several engines on one machine', () => {
  const bridgesAndTables = async () => (await run('ip', '-o', 'link', 'show', 'type', 'bridge')).match(/slipway\d+(?=:)/g)?.join() + ' ' + (await run('nft', 'list', 'tables')).match(/slipway\d*/g)?.join();

  it('have bridges, ranges and tables of their own, and leave none', async () => {
    const other = await openNetwork({
      config: { root: join(folder, 'other'), execRoot: join(folder, 'other-exec'), guestPorts: [] },
      hostPorts,
      events: { publish: () => undefined },
      log: () => undefined,
    });
    await other.controller.restore([]);
    const request = requestOf();
    const sandbox = await other.controller.connect(request);
    expect(addressOf(sandbox)).toBe('172.18.0.2');
    expect(await bridgesAndTables()).toBe('slipway0,slipway1 slipway,slipway1');
    await other.controller.release(request.containerId);
    await other.close();
    expect(await bridgesAndTables()).toBe('slipway0 slipway');
  });

  it('clear away what one that was killed left, when no container is on it', async () => {
    await run('ip', 'link', 'add', 'slipway7', 'type', 'bridge');
    await run('ip', 'link', 'set', 'slipway7', 'alias', 'slipway:0123456789abcdef:999999999');
    await run('nft', 'add', 'table', 'inet', 'slipway7');
    await run('ip', 'link', 'add', 'slipway8', 'type', 'bridge');
    await run('ip', 'link', 'set', 'slipway8', 'alias', `slipway:0123456789abcdef:${process.pid}`);
    cleanups.push(() => run('ip', 'link', 'del', 'slipway8'));
    await close(network);
    network = await open();
    await network.controller.restore([]);
    await connect(requestOf());
    expect(await bridgesAndTables()).toBe('slipway8,slipway0 slipway');
  });
});

describe('a restart of the engine', () => {
  it('takes over running containers and removes what the others left', async () => {
    const kept = requestOf({ name: 'kept', hostConfig: { PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }] } } });
    const lost = requestOf({ name: 'lost', hostConfig: { PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8081' }] } } });
    const before = await network.controller.connect(kept);
    await network.controller.connect(lost);
    await start(serveIn(before.netns, 80, 'kept'));
    await close(network);

    network = await open();
    const restored = await network.controller.restore([kept]);
    cleanups.push(() => network.controller.release(kept.containerId));
    expect([...restored]).toEqual([[kept.containerId, before]]);
    expect(log.join()).toContain('removed');
    expect(await fetchIn(null, 'http://127.0.0.1:8080/')).toContain('kept');
    expect(await fetchIn(neighbour, 'http://192.0.2.1:8080/')).toContain('kept');
    expect((await runIn(before.netns!, 'busybox', 'nslookup', 'example.org', '127.0.0.11')).stdout).toContain('SERVFAIL');
    expect((await run('ip', '-o', 'link', 'show', 'master', 'slipway0')).trim().split('\n')).toHaveLength(1);
    expect(await run('nft', 'list', 'map', 'inet', 'slipway', 'published_tcp')).not.toContain('8081');
    expect(addressOf(await connect(requestOf()))).toBe('172.17.0.3');
    await expect(network.controller.connect(requestOf({ hostConfig: kept.hostConfig }))).rejects.toThrow('by container "kept"');
  });
});
