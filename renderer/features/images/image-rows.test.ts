import { expect, test } from 'vitest';
import type { ContainerView } from '../../format/engine/container.ts';
import { byName, removalOf, type ImageRow } from './image-rows.ts';

const row = (reference: string, fields: Partial<ImageRow> = {}): ImageRow => ({
  ...{ key: reference, reference, name: reference, tag: ':1', id: reference, size: 100, shared: 30, created: 0, names: 1, users: [], isTagged: true },
  ...fields,
});
const user = { id: 'c', name: 'web' } as ContainerView;
const names = (rows: readonly ImageRow[]): string[] => rows.map(({ name }) => name);

test('frees what nobody else has, once for each image', () => {
  const { going, held, freed } = removalOf([row('a'), row('b', { shared: undefined }), row('c:1', { id: 'c', names: 2 }), row('c:2', { id: 'c', names: 2 })]);
  expect([names(going), names(held), freed]).toEqual([['a', 'b', 'c:1', 'c:2'], [], 70 + 100 + 70]);
});

test('an image that keeps a name frees nothing', () => {
  expect(removalOf([row('c:1', { id: 'c', names: 2, users: [user] })])).toMatchObject({ held: [], freed: 0 });
});

test('the last name of an image in use is held', () => {
  const { going, held, freed } = removalOf([row('used', { users: [user] }), row('free')]);
  expect([names(going), names(held), freed]).toEqual([['free'], ['used'], 70]);
});

test('named images come before those without a name', () => {
  expect(names([row('<none>', { isTagged: false }), row('web-10'), row('web-2')].sort(byName))).toEqual(['web-2', 'web-10', '<none>']);
});
