import { expect, test } from 'vitest';
import { nouns } from './cases.ts';
import { operations } from './operations.ts';

/** Without a case, and why. */
const exceptions: Record<string, string> = {
  'POST /build': 'answers 501 here: nothing can be compared yet',
  'POST /swarm/init': 'would make a swarm of the dockerd that all other cases need without one',
  'POST /swarm/join': 'the same',
  'GET /plugins/privileges': 'asks a registry that the suite does not have',
  'POST /plugins/pull': 'the same',
  'POST /plugins/{name}/upgrade': 'the same',
  'POST /plugins/create': 'there are no plugins here, and dockerd would have one',
  'PUT /volumes/{name}': 'of swarms, and later than dockerd 20.10',
  'POST /session': 'answers 501 here: BuildKit is not spoken',
};

/** Parameters take slashes, because names of images have them. */
function pattern(operation: string): RegExp {
  return new RegExp(`^${operation.replace(/[.]/g, '\\$&').replace(/\{\w+\}/g, '.+')}$`);
}

const requests = new Set(nouns.flatMap(({ cases }) => cases.flatMap(({ steps }) => steps.map(({ method, path }) => `${method} ${path.split('?', 1)[0]}`))));

test.each(operations.filter((operation) => !(operation in exceptions)))('%s has a case', (operation) => {
  const literal = operations.filter((other) => other !== operation && !other.includes('{'));
  const found = [...requests].some((request) => pattern(operation).test(request) && !literal.includes(request));
  expect(found).toBe(true);
});

test('exceptions are operations that have no case', () => {
  for (const operation of Object.keys(exceptions)) {
    expect(operations).toContain(operation);
    expect([...requests].some((request) => pattern(operation).test(request))).toBe(false);
  }
});
