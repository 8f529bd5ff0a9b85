import { expect, it } from 'vitest';
import type { ContainerSummary } from '../../contract/engine-api/container.ts';
import { viewOf } from '../format/engine/container.ts';
import { stepsSeen } from './first-steps.ts';

const container = (name: string, fields: Partial<ContainerSummary> = {}) =>
  viewOf(
    {
      Id: name, Names: [`/${name}`], Image: 'x', ImageID: 'x', Command: '', Created: 0, Ports: [], Labels: {}, State: 'running', Status: 'Up 1 second',
      HostConfig: { NetworkMode: 'bridge' }, NetworkSettings: { Networks: {} }, Mounts: [], ...fields,
    },
    0,
  );
const on = (network: string): Partial<ContainerSummary> => ({ NetworkSettings: { Networks: { [network]: {} as never } } });

it('nothing is done with no container, nor with one that never ran', () => {
  expect(stepsSeen([])).toEqual([]);
  expect(stepsSeen([container('a', { State: 'created', Status: 'Created' })])).toEqual([]);
});

it('a container that ran is the first step, a port of one that runs the second', () => {
  const Ports = [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' as const }];
  expect(stepsSeen([container('a', { State: 'exited', Status: 'Exited (0) 1 second ago', Ports })])).toEqual(['run']);
  expect(stepsSeen([container('a', { Ports })])).toEqual(['run', 'publish']);
});

it('two talk on a network of their own, not on the default bridge', () => {
  expect(stepsSeen([container('a', on('bridge')), container('b', on('bridge'))])).toEqual(['run']);
  expect(stepsSeen([container('a', on('shop')), container('b', on('shop'))])).toEqual(['run', 'talk']);
  expect(stepsSeen([container('a', on('shop')), container('b', on('other'))])).toEqual(['run']);
});

it('data is kept once a volume is mounted; a bind mount is none', () => {
  const mount = (Type: string): Partial<ContainerSummary> => ({ Mounts: [{ Type, Destination: '/data' } as never] });
  expect(stepsSeen([container('a', mount('bind'))])).toEqual(['run']);
  expect(stepsSeen([container('a', mount('volume'))])).toEqual(['run', 'volume']);
});
