import { describe, expect, it } from 'vitest';
import { ConflictError, InvalidParameterError } from '../../errors.ts';
import type { HostPort, HostPorts } from '../host-ports.ts';
import type { PublishedPortMaps } from '../nftables/published-ports.ts';
import { laneRange, Lanes } from './lanes.ts';
import { wantedPorts } from './port-mapping.ts';
import { PortPublisher, type Outlet } from './port-publisher.ts';

const text = (port: HostPort) => `${port.protocol} ${port.hostIp}:${port.hostPort}`;

/** Host ports that another process may hold, and maps that may fail. */
function make(options: { taken?: string[]; ipv6?: boolean; mapsFail?: boolean; lanes?: Lanes; heard?: HostPort[] } = {}) {
  const reserved = new Set<string>();
  const hostPorts: HostPorts = {
    async reserve(port) {
      await Promise.resolve();
      if (options.taken?.includes(text(port))) throw new ConflictError('port is already allocated by nginx (process 7)');
      if (port.hostIp === '203.0.113.1') throw new InvalidParameterError('203.0.113.1 is no address of this machine');
      options.heard?.push(port);
      if (reserved.has(text(port)) && options.lanes === undefined) throw new Error(`reserved twice: ${text(port)}`);
      reserved.add(text(port));
    },
    release(port) {
      reserved.delete(text(port));
      return Promise.resolve();
    },
  };
  const maps = { add: () => (options.mapsFail ? Promise.reject(new Error('no table')) : Promise.resolve()), remove: () => Promise.resolve() };
  const publisher = new PortPublisher({ hostPorts, maps: maps as unknown as PublishedPortMaps, ipv6: options.ipv6 ?? false, lanes: options.lanes });
  const publish = (name: string, hostPort: string, hostIp = '', key = '80/tcp') =>
    publisher.publish({ id: name, name }, wantedPorts({}, { PortBindings: { [key]: [{ HostIp: hostIp, HostPort: hostPort }] } }), outlet);
  return { publisher, publish, reserved };
}

const outlet: Outlet = { ipv4: '172.17.0.2', ipv6: '', hostBinding: '' };

describe('publishing', () => {
  it('reserves, finds and releases', async () => {
    const { publisher, publish, reserved } = make({ ipv6: true });
    const ports = await publish('web', '8080');
    expect([...reserved]).toEqual(['tcp 0.0.0.0:8080', 'tcp :::8080']);
    expect(publisher.lookup('tcp', '127.0.0.1', 8080)).toEqual({ address: '172.17.0.2', port: 80 });
    expect(publisher.lookup('tcp', '', 8080)).toEqual({ address: '172.17.0.2', port: 80 });
    expect(publisher.lookup('udp', '127.0.0.1', 8080)).toBeNull();
    await publisher.unpublish(ports);
    expect([...reserved]).toEqual([]);
    expect(publisher.lookup('tcp', '127.0.0.1', 8080)).toBeNull();
  });

  it('leads ports to where the container moved, and each family to its own', async () => {
    const { publisher, publish } = make({ ipv6: true });
    const ports = await publish('web', '8080');
    const moved = await publisher.retarget(ports, { ipv4: '172.18.0.9', ipv6: 'fd00::9', hostBinding: '' });
    expect(moved.map(({ target }) => target)).toEqual([{ address: '172.18.0.9', port: 80 }, { address: 'fd00::9', port: 80 }]);
    expect(publisher.lookup('tcp', '127.0.0.1', 8080)).toEqual({ address: '172.18.0.9', port: 80 });
    expect(publisher.lookup('tcp', '::1', 8080)).toEqual({ address: 'fd00::9', port: 80 });
  });

  it('gives TCP ports a lane each, another one when they lead elsewhere, and takes it back', async () => {
    const lanes = new Lanes();
    const heard: HostPort[] = [];
    const { publisher, publish } = make({ lanes, heard });
    const [web] = await publish('web', '8080');
    const [dns] = await publish('dns', '53', '', '53/udp');
    const [own] = await publish('own', '9000', '127.0.0.1');
    const { first } = laneRange;
    expect([web, dns, own].map((published) => published!.port.lane)).toEqual([first, undefined, first + 1]);
    const [moved] = await publisher.retarget([web!], { ipv4: '172.18.0.9', ipv6: '', hostBinding: '' });
    expect(moved).toMatchObject({ port: { hostPort: 8080, lane: first + 2 }, target: { address: '172.18.0.9' } });
    expect(heard.filter(({ hostPort }) => hostPort === 8080).map(({ lane }) => lane)).toEqual([first, first + 2]);
    expect(publisher.list().find(({ port }) => port.hostPort === 8080)?.port.lane).toBe(first + 2);
    // No lane to a container that has IPv6 alone.
    expect((await publisher.retarget([moved!], { ipv4: '', ipv6: 'fd00::9', hostBinding: '' }))[0]!.port.lane).toBeUndefined();
    await publisher.unpublish([own!]);
    // One that an engine before this one gave is not given again, and one that was given back comes last.
    const later = make({ lanes: new Lanes() });
    await later.publisher.adopt({ id: 'old', name: 'old' }, [{ ...own!, port: { ...own!.port, lane: first } }]);
    expect((await later.publish('new', '8080'))[0]!.port.lane).toBe(first + 1);
    const all = new Lanes();
    expect(all.take()).toBe(first);
    all.release(first);
    const others = Array.from({ length: laneRange.last - first }, () => all.take());
    expect(others).toEqual(others.map((_lane, index) => first + 1 + index));
    expect([all.take(), all.take()]).toEqual([first, undefined]);
  });

  it('tells one address from another, and any address from none', async () => {
    const { publish } = make();
    await publish('one', '8080', '192.0.2.1');
    await publish('two', '8080', '192.0.2.2');
    await publish('udp', '8080', '', '80/udp');
    await expect(publish('three', '8080', '192.0.2.1')).rejects.toThrow('Bind for 192.0.2.1:8080 failed: port is already allocated by container "one"');
    await expect(publish('three', '8080')).rejects.toThrow('Bind for 0.0.0.0:8080 failed: port is already allocated by container "one"');
  });

  it('names the process in the way', async () => {
    const { publish } = make({ taken: ['tcp 0.0.0.0:8080'] });
    await expect(publish('web', '8080')).rejects.toThrow('Bind for 0.0.0.0:8080 failed: port is already allocated by nginx (process 7)');
  });

  it('asks for named ports together, and gives all of them back when one cannot be had', async () => {
    const asked: string[] = [];
    const answers: PromiseWithResolvers<void>[] = [];
    const released: string[] = [];
    const hostPorts: HostPorts = {
      reserve: (port) => {
        asked.push(text(port));
        const answer = Promise.withResolvers<void>();
        answers.push(answer);
        return answer.promise;
      },
      release: (port) => Promise.resolve(void released.push(text(port))),
    };
    const maps = { add: () => Promise.resolve(), remove: () => Promise.resolve() };
    const publisher = new PortPublisher({ hostPorts, maps: maps as unknown as PublishedPortMaps, ipv6: false });
    const bindings = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${1000 + index}/tcp`, [{ HostIp: '', HostPort: String(2000 + index) }]]));
    const publishing = publisher.publish({ id: 'web', name: 'web' }, wantedPorts({}, { PortBindings: bindings }), outlet);
    expect(asked).toHaveLength(100);
    for (const [index, { resolve, reject }] of answers.entries()) {
      if (index === 50) reject(new ConflictError('port is already allocated by nginx (process 7)'));
      else resolve();
    }
    await expect(publishing).rejects.toThrow('Bind for 0.0.0.0:2050 failed: port is already allocated by nginx');
    expect(released.toSorted()).toEqual(asked.filter((port) => port !== 'tcp 0.0.0.0:2050').toSorted());
    expect([publisher.list(), publisher.lookup('tcp', '', 2000)]).toEqual([[], null]);
  });

  it('is all or nothing', async () => {
    const { publisher, reserved } = make({ ipv6: true, taken: ['tcp :::9090'] });
    const wanted = wantedPorts({}, { PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }], '90/tcp': [{ HostIp: '', HostPort: '9090' }] } });
    await expect(publisher.publish({ id: 'web', name: 'web' }, wanted, outlet)).rejects.toThrow('Bind for [::]:9090 failed');
    expect([...reserved]).toEqual([]);
    expect(publisher.list()).toEqual([]);
    const failing = make({ mapsFail: true });
    await expect(failing.publish('web', '8080')).rejects.toThrow('no table');
    expect([...failing.reserved]).toEqual([]);
  });

  it('goes on to the next port of a range that both families have', async () => {
    const { publish } = make({ ipv6: true, taken: ['tcp 0.0.0.0:8000', 'tcp :::8001'] });
    expect((await publish('web', '8000-8005')).map(({ port }) => text(port))).toEqual(['tcp 0.0.0.0:8002', 'tcp :::8002']);
  });

  it('gives every container another port when they do not care', async () => {
    const { publish } = make({ taken: ['tcp 0.0.0.0:32769'] });
    const ports = await Promise.all(['a', 'b', 'c'].map((name) => publish(name, '')));
    expect(ports.map(([port]) => port!.port.hostPort).sort()).toEqual([32768, 32770, 32771]);
  });

  it('does not try a range on an address that is not there', async () => {
    const { publish } = make();
    await expect(publish('web', '8000-8005', '203.0.113.1')).rejects.toThrow('Bind for 203.0.113.1:8000 failed: 203.0.113.1 is no address of this machine');
  });
});
