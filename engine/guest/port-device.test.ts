import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPortDevice } from './port-device.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-port-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.runIf(process.platform === 'linux')('a port device', () => {
  it('is read and written without the thread pool (a FIFO stands for it): fails when Node loses the way in', async () => {
    const path = join(folder, 'port');
    execFileSync('mkfifo', [path]);
    const device = openPortDevice(path);
    device.write('there and back');
    const [chunk] = (await once(device, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('there and back');
    device.destroy();
    await once(device, 'close');
  });

  it('that is missing is named', () => {
    expect(() => openPortDevice(join(folder, 'none'))).toThrow(/ENOENT.*none/);
  });
});
