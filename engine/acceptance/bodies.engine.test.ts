import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Shape } from '../api/requests/json-shape.ts';
import { containerCreateShape, containerUpdateShape, execCreateShape, execStartShape } from '../api/requests/request-shapes.ts';
import { busyboxArchive } from './fixture/busybox-archive.ts';
import { DockerCli } from './fixture/docker-cli.ts';
import { NativeEngine } from './fixture/native-engine.ts';

/** Bodies of any shape: an answer is always the engine's own, never a 500, and the engine lives on. */
let engine: NativeEngine;
let target: string;

beforeAll(async () => {
  engine = await NativeEngine.start();
  const cli = new DockerCli(engine.socket);
  const archive = busyboxArchive('bb:latest');
  await cli.text('load', '-i', archive);
  rmSync(dirname(archive), { recursive: true });
  target = await cli.text('run', '-d', '--network', 'none', 'bb', 'sleep', '1000');
});

afterAll(async () => {
  expect(engine.log).not.toContain('not caught');
  await engine?.dispose();
});

const words = fc.oneof(
  fc.constantFrom(
    '', 'bb', 'host', 'none', 'bridge', 'private', 'shareable', 'container:', 'container:x', 'container:container:', '/', '/data', '../..', '/dev/null', '/nope', 'a=b', '=', 'NAME',
    'ALL', 'cap_chown', '-1', '0', '9999999999999999999999', '1-0', '0-', '80/tcp', '80/udp', 'x/y', '65536', 'seccomp={}', 'seccomp=unconfined', 'seccomp={"defaultAction":"x","syscalls":[null]}',
    'no-new-privileges:x', 'always', 'json-file', 'size=1x', '127.0.0.1', '::1', '\u0000', 'ü', '__proto__', 'constructor', 'bind', 'volume', 'tmpfs', 'image', 'SIGTERM', 'x'.repeat(300),
  ),
  fc.string(),
); // prettier-ignore
const integers = fc.oneof(fc.constantFrom(0, 1, -1, 2 ** 31, -(2 ** 63), 2 ** 53, 4096, 67108864, 1e18), fc.integer());

/** Values of a shape, and now and then of any other. */
function of(shape: Shape, depth = 0): fc.Arbitrary<unknown> {
  const fitting = (): fc.Arbitrary<unknown> => {
    if (shape === 'string') return words;
    if (shape === 'boolean') return fc.boolean();
    if (shape === 'integer') return integers;
    if (shape === 'words') return fc.oneof(words, fc.array(words, { maxLength: 3 }));
    if (shape === 'any') return fc.jsonValue();
    if ('list' in shape) return fc.array(of(shape.list, depth + 1), { maxLength: 2 });
    if ('map' in shape) return fc.dictionary(words, of(shape.map, depth + 1), { maxKeys: 2 });
    const fields = Object.fromEntries(Object.entries(shape.fields).map(([name, field]) => [name, of(field, depth + 1)]));
    return fc.subarray(Object.keys(fields), { maxLength: Math.min(6, Object.keys(fields).length) }).chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, fields[name]!]))));
  };
  return fc.oneof({ weight: 40, arbitrary: fitting() }, { weight: 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.jsonValue() });
}

async function answer(method: string, path: string, body: unknown): Promise<{ status: number; body: { Id?: string; message?: string } }> {
  const found = await engine.api<{ Id?: string; message?: string }>(method, path, body);
  if (found.status >= 400) expect(found.body.message, JSON.stringify(found.body)).toEqual(expect.any(String));
  expect(found.status, `${JSON.stringify(body)} → ${JSON.stringify(found.body)}`).not.toBe(500);
  return found;
}

describe('bodies of any shape', () => {
  test('create', async () => {
    await fc.assert(
      fc.asyncProperty(of(containerCreateShape), fc.boolean(), async (asked, complete) => {
        const isObject = typeof asked === 'object' && asked !== null && !Array.isArray(asked);
        const body = complete && isObject ? { ...asked, Image: 'bb', Cmd: ['true'] } : asked;
        const { status, body: made } = await answer('POST', '/containers/create', body);
        if (status !== 201) return;
        expect((await engine.api('GET', `/containers/${made.Id}/json`)).status).toBe(200);
        expect((await engine.api('DELETE', `/containers/${made.Id}?force=1&v=1`)).status).toBe(204);
      }),
      { numRuns: 300 },
    );
  });

  test('create, one field at a time', async () => {
    const { HostConfig: host, ...config } = (containerCreateShape as { fields: Record<string, Shape> }).fields;
    const fields = [...Object.entries(config).map(([name, shape]) => ({ name, shape, inHost: false })), ...Object.entries((host as { fields: Record<string, Shape> }).fields).map(([name, shape]) => ({ name, shape, inHost: true }))];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields).chain(({ name, shape, inHost }) => of(shape).map((value) => ({ name, value, inHost }))), async ({ name, value, inHost }) => {
        const body = { Image: 'bb', Cmd: ['true'], ...(inHost ? { HostConfig: { [name]: value } } : { [name]: value }) };
        const { status, body: made } = await answer('POST', '/containers/create', body);
        if (status !== 201) return;
        // What cannot be shows at start; the engine has to live through that as well.
        const started = await engine.api<{ message?: string }>('POST', `/containers/${made.Id}/start`);
        if (started.status >= 400) expect(started.body.message).toEqual(expect.any(String));
        await engine.api('DELETE', `/containers/${made.Id}?force=1&v=1`);
      }),
      { numRuns: 60 },
    );
    expect((await engine.api('GET', '/_ping')).status).toBe(200);
  });

  test('update', async () => {
    await fc.assert(fc.asyncProperty(of(containerUpdateShape), async (body) => void (await answer('POST', '/containers/nobody/update', body))), { numRuns: 150 });
  });

  test('exec', async () => {
    await fc.assert(
      fc.asyncProperty(of(execCreateShape), of(execStartShape), async (create, start) => {
        const { status, body: made } = await answer('POST', `/containers/${target}/exec`, create);
        if (status !== 201) return;
        const detached = typeof start === 'object' && start !== null && !Array.isArray(start) ? { ...start, Detach: true } : start;
        const started = await engine.api('POST', `/exec/${made.Id}/start`, detached);
        expect(started.status, JSON.stringify({ create, start: detached, answer: started.body })).not.toBe(500);
        expect((await engine.api('GET', `/exec/${made.Id}/json`)).status).toBe(200);
      }),
      { numRuns: 60 },
    );
  });
});
