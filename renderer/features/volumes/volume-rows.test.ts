import { expect, test } from 'vitest';
import { sizeOf, splitByUse, writersOf, type VolumeRow, type VolumeUse } from './volume-rows.ts';

const use = (name: string, isUp: boolean, isReadOnly = false): VolumeUse => ({ id: name, name, isUp, destination: '/data', isReadOnly });
const row = (name: string, size: number | undefined, users: VolumeUse[] = []): VolumeRow => ({ name, size, users, volume: { Name: name } as VolumeRow['volume'], created: 0, isAnonymous: false, mounts: '' });

test('of what was chosen, only what no container has goes, not even a stopped one', () => {
  const [free, held] = [row('free', 10), row('held', 20, [use('web', false)])];
  expect(splitByUse([free, held])).toEqual({ going: [free], used: [held] });
});

test('a backup asks only where somebody runs and writes', () => {
  expect(writersOf(row('a', 0, [use('rests', false), use('reads', true, true)]))).toEqual([]);
  expect(writersOf(row('a', 0, [use('writes', true)])).map(({ name }) => name)).toEqual(['writes']);
});

test('sizes that are not known are not counted as nothing', () => {
  expect(sizeOf([row('a', 5), row('b', undefined)])).toBe(5);
  expect(sizeOf([row('b', undefined)])).toBeUndefined();
});
