import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callEngine } from '../channel/engine-call.ts';
import { createExternalEngine } from './external-engine.ts';
import { healthyEngine } from '../testing/fake-guest.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-external-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('an engine without VM', () => {
  it('is running once it answers, and goes on after a stop', async () => {
    const socketPath = join(folder, 'engine.sock');
    const server = createServer(healthyEngine()).listen(socketPath);
    await once(server, 'listening');
    const vm = createExternalEngine({ socketPath });
    await vm.start();
    expect(vm.state).toMatchObject({ status: 'running', accelerator: 'external', engineVersion: '1.2.3' });
    await vm.stop();
    expect(vm.state).toEqual({ status: 'stopped' });
    expect((await callEngine(() => vm.openStream({ kind: 'api' }), 'GET', '/_ping', AbortSignal.timeout(2000))).body).toBe('OK');
    server.close();
  });

  it('that is not there is a failure with the command that starts one', async () => {
    const vm = createExternalEngine({ socketPath: join(folder, 'none.sock') });
    await expect(vm.start()).rejects.toThrow('No engine answers on');
    expect(vm.state).toMatchObject({ status: 'failed', failure: { code: 'engine-timeout', steps: [{ command: expect.stringContaining('npm run engine') }] } });
  });
});
