import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../fixtures/app.ts';
import { haveHello } from '../fixtures/images.ts';
import { ContainersPage } from '../pages/containers-page.ts';
import { SlipwayWindow } from '../pages/slipway-window.ts';

/** What a person does with several containers, with a folder of the own, and with registries. */
test.describe('everyday', () => {
  test.describe.configure({ mode: 'serial' });

  test.beforeAll(async ({ nativeEngine: { docker } }) => {
    await haveHello(docker);
  });

  test('a web server of the own folder: choose, use, run', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-site-'));
    writeFileSync(join(folder, 'index.html'), '<h1>mine</h1>');
    await page.evaluate(() => (location.hash = '#/run'));
    await page.getByRole('combobox').first().fill('slipway/hello');
    await page.getByRole('button', { name: 'mount a folder of yours…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Choose a folder of this computer' });
    await dialog.getByRole('button', { name: 'Up' }).waitFor();
    await dialog.getByLabel('Path').fill(folder);
    await dialog.getByLabel('Path').press('Enter');
    await expect(dialog).toContainText('Has an index.html');
    await dialog.getByRole('button', { name: 'Use this folder' }).click();
    await page.getByLabel('Path in the container').fill('/srv/www');
    await page.getByLabel('Name', { exact: true }).fill('website');
    await page.evaluate((source) => (location.hash = `#/run?command=${encodeURIComponent(`docker run --name website -p 8085:80 -v ${source}:/srv/www:ro slipway/hello httpd -f -p 80 -h /srv/www`)}`), folder);
    await expect(page.getByLabel('Volume, or a folder of this computer')).toHaveValue(folder);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect.poll(() => docker.text('ps', '--filter', 'name=website', '--format', '{{.Names}} {{.Ports}}')).toContain('8085->80');
    await expect.poll(() => fetch('http://127.0.0.1:8085/').then((answer) => answer.text(), () => '')).toContain('mine');
    rmSync(folder, { recursive: true });
  });

  test('several by keyboard: select, stop, and take it back', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    for (const name of ['bulk-1', 'bulk-2', 'bulk-3']) await docker.run(['run', '-d', '--name', name, 'slipway/hello', 'sleep', '1000']);
    const running = (): Promise<string> => docker.text('ps', '--filter', 'name=bulk', '--format', '{{.Names}}').then((names) => names.split('\n').filter(Boolean).sort().join(' '));
    await new SlipwayWindow(page).goTo('Containers');
    const containers = new ContainersPage(page);
    await expect(containers.row('bulk-3')).toContainText('Running');
    await page.keyboard.press('/');
    await page.keyboard.type('bulk');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await expect(page.getByRole('status').filter({ hasText: '2 selected' })).toBeVisible();
    await page.keyboard.press('Control+a');
    await expect(page.getByRole('status').filter({ hasText: '3 selected' })).toBeVisible();
    await page.keyboard.press('s');
    await expect.poll(running).toBe('');
    await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible();
    await page.keyboard.press('Control+z');
    await expect.poll(running).toBe('bulk-1 bulk-2 bulk-3');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('toolbar', { name: 'Selection' })).toHaveCount(0);
  });

  test('the busiest first', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    await docker.run(['exec', '-d', 'bulk-2', 'sh', '-c', 'while :; do :; done']);
    await page.getByRole('button', { name: 'Sort by CPU' }).click();
    await expect(page.getByRole('row').nth(1)).toContainText('bulk-2');
    await page.getByRole('button', { name: 'Sort by Name' }).click();
    await expect(page.getByRole('row').nth(1)).toContainText('bulk-1');
    await page.getByRole('searchbox').fill('');
    await docker.run(['rm', '-f', 'bulk-1', 'bulk-2', 'bulk-3', 'website']);
  });

  test('shared folders: what is no path is said while it is written, what is kept is there after a reload', async ({ nativeApp: { page } }) => {
    await new SlipwayWindow(page).visit('#/settings');
    const folders = page.getByLabel('Folders for containers', { exact: true }).and(page.locator('textarea'));
    const before = await folders.inputValue();
    await folders.fill('code');
    await expect(page.getByText('“code” is no absolute path.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Save: Folders for containers' })).toBeDisabled();
    await folders.fill('/srv/data:ro');
    await page.getByRole('button', { name: 'Save: Folders for containers' }).press('Enter');
    await expect(page.getByRole('button', { name: 'Save: Folders for containers' })).toHaveCount(0);
    await page.reload();
    await expect(folders).toHaveValue('/srv/data:ro');
    await folders.fill(before);
    await page.getByRole('button', { name: 'Save: Folders for containers' }).press('Enter');
    await expect(page.getByRole('button', { name: 'Save: Folders for containers' })).toHaveCount(0);
  });

  test('mirrors and registries without TLS hold at once; a wrong one is said while it is written', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    await page.evaluate(() => (location.hash = '#/settings'));
    const mirrors = page.getByLabel('Mirrors of Docker Hub', { exact: true }).and(page.locator('textarea'));
    await mirrors.fill('mirror.lan');
    await expect(page.getByText('“mirror.lan” is no http or https address.')).toBeVisible();
    await mirrors.fill('https://mirror.lan');
    await page.getByRole('button', { name: 'Save: Mirrors of Docker Hub' }).click();
    await expect.poll(() => docker.text('info', '--format', '{{json .RegistryConfig.Mirrors}}')).toBe('["https://mirror.lan/"]');
    await mirrors.fill('');
    await page.getByRole('button', { name: 'Save: Mirrors of Docker Hub' }).click();
    await expect.poll(() => docker.text('info', '--format', '{{json .RegistryConfig.Mirrors}}')).toMatch(/^(?:null|\[\])$/);
  });
});
