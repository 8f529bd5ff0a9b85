import { expect, test } from 'vitest';
import type { ProgressMessage } from '../../../contract/engine-api/progress.ts';
import { advance, downloadedOf, fractionOf, noProgress, type PullProgress } from './pull-progress.ts';

const replay = (messages: ProgressMessage[]): PullProgress => messages.reduce(advance, noProgress);

test('a pull, layer by layer', () => {
  const progress = replay([
    { status: 'Pulling from library/nginx', id: 'alpine' },
    { status: 'Already exists', id: 'aaa' },
    { status: 'Pulling fs layer', id: 'bbb' },
    { status: 'Pulling fs layer', id: 'ccc' },
    { status: 'Waiting', id: 'ccc' },
    { status: 'Downloading', id: 'bbb', progressDetail: { current: 50, total: 100 } },
    { status: 'Download complete', id: 'bbb', progressDetail: {} },
    { status: 'Extracting', id: 'bbb', progressDetail: { current: 25, total: 100 } },
    { status: 'Downloading', id: 'ccc', progressDetail: { current: 30, total: 60 } },
    { status: 'Status: Downloaded newer image for nginx:alpine' },
  ]);
  expect(progress.layers.map(({ id, phase }) => [id, phase])).toEqual([['aaa', 'here'], ['bbb', 'unpacking'], ['ccc', 'downloading']]);
  expect(progress.layers.map(fractionOf)).toEqual([1, 0.25, 0.5]);
  expect(downloadedOf(progress)).toEqual({ current: 130, total: 160 });
  expect(progress.note).toBe('Status: Downloaded newer image for nginx:alpine');
});

test('an unknown size is no bar, and no division by zero', () => {
  const [layer] = replay([{ status: 'Downloading', id: 'x', progressDetail: { current: 5 } }]).layers;
  expect(layer && fractionOf(layer)).toBeUndefined();
  const [empty] = replay([{ status: 'Downloading', id: 'x', progressDetail: { current: 0, total: 0 } }]).layers;
  expect(empty && fractionOf(empty)).toBeUndefined();
});

test('the error of the stream is kept', () => {
  expect(replay([{ error: 'short', errorDetail: { message: 'manifest unknown' } }]).error).toBe('manifest unknown');
});

test('what is not told changes nothing', () => {
  const before = replay([{ status: 'Downloading', id: 'x', progressDetail: { current: 1, total: 2 } }]);
  expect(advance(before, {})).toBe(before);
});
