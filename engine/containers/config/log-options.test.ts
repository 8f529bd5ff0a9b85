import { expect, test } from 'vitest';
import { logAttributes } from './log-attributes.ts';
import { checkLogConfig, logRotation } from './log-options.ts';

test.each([
  [{ Type: 'nope' }, 'error looking up logging plugin nope: plugin "nope" not found'],
  [{ Type: 'json-file', Config: { foo: 'x' } }, "unknown log opt 'foo' for json-file log driver"],
  [{ Type: 'local', Config: { tag: 'x' } }, "unknown log opt 'tag' for log driver local"],
  [{ Config: { 'max-size': 'x' } }, "invalid size: 'x'"],
  [{ Config: { 'max-size': '0' } }, 'max-size must be a positive number'],
  [{ Config: { 'max-file': '0' } }, 'max-file cannot be less than 1'],
  [{ Config: { compress: 'true', 'max-size': '1m' } }, 'compress cannot be true when max-file is less than 2 or max-size is not set'],
  [{ Config: { compress: 'maybe' } }, 'invalid syntax'],
  [{ Config: { mode: 'sometimes' } }, 'logger: logging mode not supported: sometimes'],
  [{ Config: { 'max-buffer-size': '1m' } }, "max-buffer-size option is only supported with 'mode=non-blocking'"],
  [{ Config: { 'env-regex': '(' } }, 'log opt env-regex'],
])('%j is refused', (asked, message) => {
  expect(() => checkLogConfig(asked as { Type: string })).toThrow(message);
});

test('rotation of each driver', () => {
  expect(logRotation({ Type: 'json-file', Config: {} })).toEqual({ maxSize: 0, maxFile: 1 });
  expect(logRotation({ Type: 'json-file', Config: { 'max-size': '10k', 'max-file': '3', compress: 'true' } })).toEqual({ maxSize: 10_000, maxFile: 3, compress: true });
  expect(logRotation({ Type: 'local', Config: {} })).toEqual({ maxSize: 20_000_000, maxFile: 5, compress: true });
  expect(logRotation({ Type: 'local', Config: { compress: 'false', 'max-file': '1' } })).toEqual({ maxSize: 20_000_000, maxFile: 1 });
});

test('what entries say of their container', () => {
  const record = (Config: Record<string, string>) => ({
    id: 'c'.repeat(64),
    name: 'web',
    image: { id: `sha256:${'a'.repeat(64)}`, chainId: null },
    config: { Image: 'nginx', Labels: { color: 'red', shape: 'round' }, Env: ['A=1', 'AB=2', 'B=3', 'UNSET'] },
    hostConfig: { LogConfig: { Type: 'json-file', Config } },
  });
  expect(logAttributes(record({}))).toBeUndefined();
  expect(logAttributes(record({ labels: 'color,nope', env: 'B', 'env-regex': '^A' }))).toEqual({ color: 'red', A: '1', AB: '2', B: '3' });
  expect(logAttributes(record({ tag: '{{.ImageName}}/{{ .Name }}/{{.ID}}' }))).toEqual({ tag: 'nginx/web/cccccccccccc' });
});
