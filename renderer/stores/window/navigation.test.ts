import { expect, test } from 'vitest';
import { formatRoute, parseRoute, type Route } from './navigation.ts';

const routes: Route[] = [
  { page: 'containers' },
  { page: 'container', id: 'abc', tab: 'logs' },
  { page: 'container', id: 'a/b c%', tab: 'overview' },
  { page: 'run', image: '' },
  { page: 'run', image: 'ghcr.io/a/b:1?x=y&z' },
  { page: 'run', image: '', command: "docker run -p 8080:80 -v '/a b':/srv nginx" },
  { page: 'images' },
  { page: 'logs', id: undefined },
  { page: 'logs', id: 'abc' },
  { page: 'settings' },
];

test.each(routes.map((route) => [formatRoute(route), route]))('%s leads back', (hash, route) => {
  expect(parseRoute(hash as string)).toEqual(route);
});

test.each([['', 'containers'], ['#/nowhere', 'containers'], ['#/containers/x/nothing', 'container'], ['#/containers/%E0%A4%A', 'container']])('"%s" leads to %s', (hash, page) => {
  expect(parseRoute(hash).page).toBe(page);
});
