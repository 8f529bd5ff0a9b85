import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openInBrowser, writeRedirectFile } from './open-browser.ts';

it('writes a redirect that this user alone can read, also over an older and wider file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-redirect-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'open.html'), 'old', { mode: 0o666 });
  const path = await writeRedirectFile(directory, 'http://127.0.0.1:1/#token=abc');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, 'utf8')).toContain('content="0;url=http://127.0.0.1:1/#token=abc"');
});

it.runIf(process.platform === 'linux')('does not try without a screen or without an opener', async () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('DISPLAY', undefined);
  vi.stubEnv('WAYLAND_DISPLAY', undefined);
  expect(await openInBrowser('/x')).toBe(false);
  vi.stubEnv('DISPLAY', ':0');
  vi.stubEnv('PATH', '/nowhere');
  expect(await openInBrowser('/x')).toBe(false);
});
