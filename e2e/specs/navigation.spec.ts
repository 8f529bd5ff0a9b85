import { axeFindings } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/app.ts';
import { haveHello } from '../fixtures/images.ts';
import { ContainersPage } from '../pages/containers-page.ts';
import { SlipwayWindow } from '../pages/slipway-window.ts';

/** The ways around: palette, keys, history of the window and of commands, deep links. */
test.describe('ways around', () => {
  test.describe.configure({ mode: 'serial' });

  test.beforeAll(async ({ nativeEngine: { docker } }) => {
    await haveHello(docker);
    await docker.run(['run', '-d', '--name', 'wanderer', 'slipway/hello']);
  });
  test.afterAll(async ({ nativeEngine: { docker } }) => void (await docker.run(['rm', '-f', 'wanderer'], { mayFail: true })));

  test('the palette previews the command of a row and does it', async ({ nativeApp: { page } }) => {
    const window = new SlipwayWindow(page);
    const containers = new ContainersPage(page);
    await window.visit('#/containers');
    await expect(containers.row('wanderer')).toContainText('Running');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('sto wand');
    await expect(window.dialog.getByRole('option', { selected: true })).toContainText('Stop wanderer');
    await expect(window.dialog).toContainText('docker stop wanderer');
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await expect(window.dialog).toHaveCount(0);
    await expect(containers.row('wanderer')).toContainText('Exited');
    await window.palette('start wand');
    await expect(containers.row('wanderer')).toContainText('Running');
    await window.palette('remove wand');
    await expect(window.dialog).toContainText('Remove wanderer?');
    await page.keyboard.press('Enter');
    await expect(window.dialog).toHaveCount(0);
    await expect(containers.row('wanderer')).toContainText('Running');
  });

  test('two letters go anywhere, and back leads back', async ({ nativeApp: { page } }) => {
    await new SlipwayWindow(page).visit('#/home');
    for (const [letter, heading] of Object.entries({ c: 'Containers', i: 'Images', v: 'Volumes', n: 'Networks', l: 'Logs', d: 'Disk', h: 'Home' })) {
      await page.keyboard.press('g');
      await page.keyboard.press(letter);
      await expect(page.getByRole('heading', { name: heading, exact: true }).first()).toBeVisible();
    }
    await page.keyboard.press('Control+[');
    await expect(page.getByRole('heading', { name: 'Disk', exact: true })).toBeVisible();
    await page.keyboard.press('Control+[');
    await expect(page.getByRole('heading', { name: 'Logs', exact: true }).first()).toBeVisible();
    await page.keyboard.press('Control+]');
    await expect(page.getByRole('heading', { name: 'Disk', exact: true })).toBeVisible();
  });

  test('an address leads into the window, by name and to the tab', async ({ nativeApp: { page } }) => {
    await page.goto(`${page.url().split('#')[0]}#/containers/wanderer/inspect`);
    await expect(page.getByRole('tab', { name: 'Inspect' })).toHaveAttribute('aria-selected', 'true');
    await page.reload();
    await expect(page.getByRole('heading', { name: 'wanderer' })).toBeVisible();
    await page.keyboard.press('Control+1');
    await expect(page.getByRole('tab', { name: 'Overview' })).toHaveAttribute('aria-selected', 'true');
    await new SlipwayWindow(page).visit('#/nowhere/at/all');
    await expect(page.getByRole('heading', { name: 'Containers', exact: true })).toBeVisible();
  });

  test('the engine dies and comes back: the window connects by itself, keeps what it showed, and says how old it is', async ({ nativeApp: { page }, nativeEngine }) => {
    const window = new SlipwayWindow(page);
    const containers = new ContainersPage(page);
    await window.visit('#/containers');
    await expect(containers.row('wanderer')).toContainText('Running');
    await nativeEngine.crash();
    await expect(page.getByRole('status').filter({ hasText: 'The engine has not answered for' })).toContainText('The window connects again by itself; what you see is from before.');
    await expect(page.getByText(/^as of \d/)).toBeVisible();
    await expect(containers.row('wanderer')).toContainText('Running');
    await expect(window.engineState).not.toContainText('Engine running');
    expect(await axeFindings(page)).toEqual([]);
    await nativeEngine.restart();
    await expect(page.getByText('The engine has not answered for')).toHaveCount(0);
    await expect(page.getByText(/^as of \d/)).toHaveCount(0);
    await expect(window.engineState).toContainText('Engine running');
    // It is the engine that is mirrored again, not the past.
    await nativeEngine.docker.run(['pause', 'wanderer']);
    await expect(containers.row('wanderer')).toContainText('Paused');
    await nativeEngine.docker.run(['unpause', 'wanderer']);
    await expect(containers.row('wanderer')).toContainText('Running');
  });

  test('tips come by pointer and by keyboard, can be gone over, and Escape takes them away', async ({ nativeApp: { page } }) => {
    const tip = page.getByRole('tooltip');
    await new SlipwayWindow(page).visit('#/containers');
    const row = new ContainersPage(page).row('wanderer');
    await row.getByRole('button', { name: 'Restart wanderer' }).hover();
    await expect(tip).toHaveText('Restart wandererR');
    await tip.hover();
    await expect(tip).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(tip).toHaveCount(0);
    await page.getByRole('heading', { name: 'Containers', exact: true }).hover();
    await page.getByRole('button', { name: 'Sort by Name' }).focus();
    await page.keyboard.press('Tab');
    await expect(tip).toHaveText('Sort by Image');
    await page.keyboard.press('Escape');
    await expect(tip).toHaveCount(0);
    expect(await page.locator('[title]').count()).toBe(0);
  });

  test('regions, keys and the history of commands', async ({ nativeApp: { page } }) => {
    const window = new SlipwayWindow(page);
    const region = () => page.evaluate(() => document.activeElement?.closest('[data-region]')?.getAttribute('data-region') ?? '');
    await window.visit('#/containers');
    await new ContainersPage(page).row('wanderer').focus();
    const seen: string[] = [];
    for (let step = 0; step < 5; step++) {
      seen.push(await region());
      await page.keyboard.press('F6');
    }
    expect(seen).toEqual(['list', 'strip', 'sidebar', 'top', 'sub']);
    await new ContainersPage(page).row('wanderer').focus();
    await page.keyboard.press('r');
    await expect(window.strip).toContainText('docker restart wanderer');
    await page.keyboard.press('Control+j');
    await expect(window.dialog).toContainText('docker restart wanderer');
    await expect(window.dialog).toContainText('POST /containers/');
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect(window.dialog.getByRole('heading', { name: 'Keys' })).toBeVisible();
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(window.dialog).toHaveCount(0);
    // The focus is where it was.
    await expect(new ContainersPage(page).row('wanderer')).toBeFocused();
  });
});
