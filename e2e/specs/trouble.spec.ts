import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, launcherOf, test } from '../fixtures/app.ts';
import { startWebShell } from '../launchers/app-process.ts';

/** What a person sees when the start fails. Homes of their own, no VM. */
test.describe('trouble at the start', () => {
  let home: string;
  test.beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'slipway-trouble-'));
  });
  test.afterEach(() => rmSync(home, { recursive: true, force: true }));

  test('no QEMU: says so, with the command that installs it, and a way to try again', async ({ shoot }, { project }) => {
    // All programs of this host but QEMU are on the PATH.
    const programs = join(home, 'programs');
    mkdirSync(programs);
    for (const name of readdirSync('/usr/bin')) if (!name.startsWith('qemu')) symlinkSync(join('/usr/bin', name), join(programs, name));
    const app = await launcherOf(project.name).launch({ home: join(home, 'state'), environment: { PATH: `${dirname(process.execPath)}:${programs}` } });
    try {
      await expect(app.page.getByRole('heading', { name: 'QEMU is not installed' })).toBeVisible();
      await expect(app.page.getByRole('alert')).toContainText(/install .*qemu/i);
      await shoot(app.page, '01-startup-failed');
    } finally {
      await app.close();
    }
  });

  test('a second instance on the same home ends with a clear message', async () => {
    const first = await startWebShell(['--home', home, '--engine-socket', join(home, 'none.sock')], {});
    try {
      await expect(startWebShell(['--home', home, '--engine-socket', join(home, 'none.sock')], {})).rejects.toThrow(/Another Slipway is running/);
    } finally {
      await first.stop();
    }
  });
});
