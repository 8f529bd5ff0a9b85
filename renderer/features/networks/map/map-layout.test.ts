import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ContainerSummary } from '../../../../contract/engine-api/container.ts';
import type { Network } from '../../../../contract/engine-api/network.ts';
import { viewOf } from '../../../format/engine/container.ts';
import { networkViews } from '../../../format/engine/network.ts';
import { cardHeight, cardWidth, layoutMap, type MapLayout } from './map-layout.ts';

function container(name: string, networks: readonly string[], ports: readonly number[]) {
  const summary = {
    Id: name, Names: [`/${name}`], Image: 'x', ImageID: 'x', Command: '', Created: 0, Labels: {}, State: 'running', Status: 'Up 1 minute', Mounts: [], HostConfig: { NetworkMode: 'bridge' },
    Ports: ports.map((PublicPort) => ({ PrivatePort: 80, PublicPort, Type: 'tcp', IP: '0.0.0.0' })),
    NetworkSettings: { Networks: Object.fromEntries(networks.map((network) => [network, { NetworkID: network, IPAddress: '10.0.0.2' }])) },
  } as ContainerSummary;
  return viewOf(summary, 0);
}

const network = (name: string): Network => ({ Name: name, Id: name, Driver: 'bridge', IPAM: { Config: [] }, Labels: {} }) as unknown as Network;

function mapOf(containers: readonly { networks: string[]; ports: number[] }[], names: readonly string[]): MapLayout {
  const views = containers.map(({ networks, ports }, index) => container(`c${index}`, networks, ports));
  return layoutMap(networkViews(names.map(network), views), () => true);
}

test('a container hangs below the first of its networks, and reaches down to the second', () => {
  const map = mapOf([{ networks: ['a'], ports: [8080] }, { networks: ['a', 'b'], ports: [] }, { networks: ['b'], ports: [] }], ['a', 'b']);
  const [a, b] = map.lines;
  const both = map.cards.find(({ id }) => id === 'c1');
  expect(map.lines.map((line) => line.network.name)).toEqual(['a', 'b']);
  expect(both?.y).toBeGreaterThan(a?.y ?? Infinity);
  expect(both?.y).toBeLessThan(b?.y ?? 0);
  expect(map.wires.filter((wire) => wire.container === 'c1').map(({ to }) => to)).toEqual(['a', 'b']);
  expect(map.berths.map(({ port }) => port.publicPort)).toEqual([8080]);
});

test('networks that share nothing stand side by side', () => {
  const map = mapOf([{ networks: ['a'], ports: [] }, { networks: ['b'], ports: [] }], ['a', 'b']);
  expect(map.lines[0]?.y).toBe(map.lines[1]?.y);
  expect(map.lines[1]?.x1).toBeGreaterThan(map.lines[0]?.x2 ?? Infinity);
});

test('a network without containers, and a container that is not shown, take no place', () => {
  const views = networkViews([network('a'), network('b')], [container('c0', ['a'], [])]);
  expect(layoutMap(views, () => true).lines).toHaveLength(1);
  expect(layoutMap(views, () => false)).toMatchObject({ lines: [], cards: [], wires: [] });
});

const names = ['a', 'b', 'c', 'd'];
const anyContainers = fc.array(
  fc.record({ networks: fc.subarray(names, { minLength: 1 }), ports: fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 4 }) }),
  { maxLength: 25 },
);

test('cards lie on no other card, and no wire runs through a card that is not its own', () => {
  fc.assert(
    fc.property(anyContainers, (containers) => {
      const { cards, wires, lines, width, height } = mapOf(containers, names);
      for (const card of cards) {
        expect(cards.filter((other) => other !== card && Math.abs(other.x - card.x) < cardWidth && Math.abs(other.y - card.y) < cardHeight)).toEqual([]);
        expect(wires.filter((wire) => wire.container !== card.id && wire.x >= card.x && wire.x <= card.x + cardWidth && wire.y1 < card.y + cardHeight && wire.y2 > card.y)).toEqual([]);
        expect(card.x + cardWidth).toBeLessThanOrEqual(width);
        expect(card.y + cardHeight).toBeLessThanOrEqual(height);
      }
      for (const wire of wires.filter(({ kind }) => kind === 'network')) {
        const line = lines.find(({ network: { id } }) => id === wire.to);
        expect([wire.y1, wire.y2]).toContain(line?.y);
        expect(wire.x).toBeGreaterThanOrEqual(line?.x1 ?? Infinity);
        expect(wire.x).toBeLessThanOrEqual(line?.x2 ?? 0);
      }
    }),
  );
});
