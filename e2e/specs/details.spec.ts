import type { Page } from '@playwright/test';
import { axeFindingsInBothThemes } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/app.ts';
import { haveHello } from '../fixtures/images.ts';
import { ContainersPage } from '../pages/containers-page.ts';
import { DetailsPage } from '../pages/details-page.ts';
import { SlipwayWindow } from '../pages/slipway-window.ts';

const expectAccessible = async (page: Page): Promise<void> => expect(await axeFindingsInBothThemes(page)).toEqual([]);

/** One container on the native engine, looked at from every side. */
test.describe('container details', () => {
  test.describe.configure({ mode: 'serial' });

  test.beforeAll(async ({ nativeEngine: { docker } }) => {
    await haveHello(docker);
    await docker.run(['run', '-d', '--name', 'busy', '-m', '64m', '-e', 'DB_PASSWORD=hunter2', '--label', 'com.docker.compose.project=shop', 'slipway/hello', 'sh', '-c', 'while :; do :; done']);
  });

  test('the list shows what it uses, live', async ({ nativeApp: { page } }) => {
    await new SlipwayWindow(page).goTo('Containers');
    await expect(new ContainersPage(page).row('busy')).toContainText(/\d%\d+ [kM]B/);
  });

  test('stats: figures, a limit, and what happened', async ({ nativeApp: { page }, nativeEngine: { docker }, shoot }) => {
    await new ContainersPage(page).open('busy');
    const details = new DetailsPage(page);
    await details.tab('Stats');
    await expect(page.getByRole('region', { name: 'CPU' }).locator('header')).toContainText(/\d%/);
    await expect(page.getByRole('region', { name: 'Memory' })).toContainText('of 64 MB');
    await expect(page.locator('.uplot canvas')).toHaveCount(5);
    await docker.run(['pause', 'busy']);
    await expect(page.getByRole('region', { name: 'What happened' })).toContainText('paused');
    await docker.run(['unpause', 'busy']);
    await expect(page.getByRole('region', { name: 'What happened' })).toContainText('resumed');
    await expectAccessible(page);
    await shoot(page, '03-stats');
  });

  test('stats by keyboard alone: the hour, and all containers together', async ({ nativeApp: { page } }) => {
    await page.keyboard.press('Control+1');
    await page.keyboard.press('Control+5');
    await expect(page.getByRole('tab', { name: 'Stats' })).toHaveAttribute('aria-selected', 'true');
    const hour = page.getByRole('button', { name: '1 hour' });
    await hour.focus();
    await page.keyboard.press('Enter');
    await expect(hour).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await expect(page.getByRole('heading', { name: 'Stats', exact: true })).toBeVisible();
    const row = page.getByRole('grid').getByRole('row').filter({ hasText: 'busy' });
    await expect(row).toContainText(/\d%/);
    await row.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'busy' })).toBeVisible();
    await expect(page.getByRole('tab', { name: 'Stats' })).toHaveAttribute('aria-selected', 'true');
  });

  test('the hour is there again in a window that is opened anew', async ({ nativeApp: { page } }) => {
    await page.reload();
    await expect(page.getByRole('region', { name: 'What happened' })).toContainText('resumed');
  });

  test('processes and inspect, where secrets are hidden until they are asked for', async ({ nativeApp: { page } }) => {
    const details = new DetailsPage(page);
    await details.tab('Processes');
    await expect(page.getByRole('row').filter({ hasText: 'while :' })).toBeVisible();
    await expectAccessible(page);
    await details.tab('Inspect');
    await page.getByRole('searchbox', { name: 'Search names and values' }).fill('password');
    const entry = page.getByRole('treeitem').filter({ hasText: 'DB_PASSWORD' });
    await expect(entry).toContainText('••••');
    await page.getByRole('button', { name: 'Show secrets' }).click();
    await expect(entry).toContainText('hunter2');
    await entry.click();
    await expect(page.locator('.inspect-foot')).toContainText("docker inspect --format '{{index .Config.Env");
    await expectAccessible(page);
  });

  test('limits are changed while it runs, and the strip shows the command', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    await new DetailsPage(page).pick('busy', 'Limits and restart…');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Memory').fill('96m');
    await dialog.getByLabel('Restart').selectOption('unless-stopped');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Change' }).click();
    await expect(dialog).toBeHidden();
    await expect(new SlipwayWindow(page).strip).toContainText('docker update --memory 96m --memory-swap 192m --restart unless-stopped busy');
    expect(await docker.text('inspect', '--format', '{{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}}', 'busy')).toBe('100663296 unless-stopped');
  });

  test('rename by keyboard alone: a name that is taken is said before, a free one is taken', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    await docker.run(['create', '--name', 'taken', 'slipway/hello']);
    await page.getByRole('button', { name: 'More for busy' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Rename…' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('New name')).toBeFocused();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('taken');
    await expect(page.getByRole('dialog')).toContainText('Another container is called taken.');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('calm');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'calm' })).toBeVisible();
  });

  test('an image is made of it', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    await new DetailsPage(page).pick('calm', 'Make an image…');
    await page.getByRole('dialog').getByLabel('Image').fill('kept:1');
    await page.getByRole('button', { name: 'Make the image' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
    expect(await docker.text('images', '-q', 'kept:1')).toMatch(/^[0-9a-f]{12}$/);
  });

  test('its files go into one archive, from which an image is made again', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const [download] = await Promise.all([page.waitForEvent('download'), new DetailsPage(page).pick('calm', 'Export files…')]);
    await expect(new SlipwayWindow(page).strip).toContainText('docker export');
    await docker.run(['import', await download.path(), 'exported:1']);
    expect(await docker.text('run', '--rm', 'exported:1', 'sh', '-c', 'echo whole')).toBe('whole');
    await docker.run(['rmi', 'exported:1', 'kept:1']);
  });

  test('one that ended says so, and keeps what it did', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    await docker.run(['kill', 'calm']);
    const details = new DetailsPage(page);
    await details.tab('Processes');
    await expect(page.getByText('It is not running')).toBeVisible();
    await details.tab('Stats');
    await expect(page.getByRole('region', { name: 'What happened' })).toContainText('ended with 137');
    await page.goto(`${page.url().split('#')[0]}#/containers/etl/overview`);
    await expect(page.getByText('This container is gone')).toBeVisible();
    await docker.run(['rm', '-f', 'calm', 'taken']);
  });
});
