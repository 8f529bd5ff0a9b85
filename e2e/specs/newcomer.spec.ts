import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, launcherOf, test } from '../fixtures/app.ts';
import { helloTar } from '../fixtures/images.ts';
import { startNativeEngine } from '../fixtures/native-engine.ts';
import { RunPage } from '../pages/run-page.ts';
import { SlipwayWindow } from '../pages/slipway-window.ts';

/** As somebody who has never seen it: only what the screen offers, from the first start to one's own page on port 8080. */
test('a newcomer serves a folder of their own on port 8080', async ({}, { project }) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-newcomer-'));
  writeFileSync(join(folder, 'index.html'), '<h1>My own page</h1>');
  const engine = await startNativeEngine();
  try {
    await engine.docker.run(['load', '-q', '-i', helloTar]);
    const app = await launcherOf(project.name).launch({ home: join(folder, 'home'), engineSocket: engine.socket });
    try {
      const { page } = app;
      // A browser that was not asked yet, whatever the one of this test was told.
      await page.addInitScript(() => {
        Object.defineProperty(Notification, 'permission', { get: () => 'default' });
        Object.assign(globalThis, { asked: 0 });
        Notification.requestPermission = () => {
          Object.assign(globalThis, { asked: (globalThis as unknown as { asked: number }).asked + 1 });
          return Promise.resolve('default');
        };
      });
      await page.reload();
      await expect(page.getByRole('heading', { name: 'Home', exact: true })).toBeVisible();
      const steps = page.getByRole('region', { name: 'First steps' });
      await expect(steps).toContainText('A container is one program with its own files and network');
      await steps.getByRole('button', { name: 'Run one…' }).click();
      const form = new RunPage(page);
      await expect(form.image).toHaveValue('slipway/hello');
      await form.name.fill('my-page');
      await form.hostPort.fill('8080');
      await form.addVolume(folder, '/srv/hello');
      await expect(page.getByText(`Shares the folder ${folder} of this computer.`)).toBeVisible();
      await expect(page.getByText('Answers at localhost:8080.')).toBeVisible();
      await form.run.click();
      await expect(page.getByRole('heading', { name: 'my-page' })).toBeVisible();
      await new SlipwayWindow(page).goTo('Home');
      await expect(steps).toContainText('Run your first container (done)');
      await expect(steps).toContainText('Open it in the browser (done)');
      await expect(steps).toContainText('Read what it prints (done)');
      const [opened] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('link', { name: ':8080' }).first().click()]);
      await expect(opened.getByRole('heading', { name: 'My own page' })).toBeVisible();
      // What is changed in the folder shows at once: it is shared, not copied.
      writeFileSync(join(folder, 'index.html'), '<h1>Changed</h1>');
      await opened.reload();
      await expect(opened.getByRole('heading', { name: 'Changed' })).toBeVisible();
      await opened.close();
      const asked = (): Promise<number> => page.evaluate(() => (globalThis as unknown as { asked: number }).asked);
      expect(await asked()).toBe(0);
      await new SlipwayWindow(page).visit('#/settings');
      await page.getByRole('button', { name: 'Allow notifications in this browser…' }).click();
      await expect.poll(asked).toBe(1);
    } finally {
      await app.close();
    }
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
