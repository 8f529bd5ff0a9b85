import { axeFindings } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/app.ts';
import { haveHello } from '../fixtures/images.ts';
import { ContainersPage } from '../pages/containers-page.ts';
import { DetailsPage } from '../pages/details-page.ts';
import { SlipwayWindow } from '../pages/slipway-window.ts';

/** Shells in a container, by keyboard alone but for what a pointer is for. */
test.describe('terminals', () => {
  test.describe.configure({ mode: 'serial' });

  test.beforeAll(async ({ nativeEngine: { docker } }) => {
    await haveHello(docker);
    await docker.run(['run', '-d', '--name', 'shelly', 'slipway/hello']);
  });
  test.afterAll(async ({ nativeEngine: { docker } }) => void (await docker.run(['rm', '-f', 'shelly'], { mayFail: true })));

  test('opened from the list, searched, copied and pasted', async ({ nativeApp: { page } }) => {
    const details = new DetailsPage(page);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await new SlipwayWindow(page).visit('#/containers');
    await new ContainersPage(page).row('shelly').focus();
    await page.keyboard.press('t');
    await expect(details.screen).toContainText(/[#$]/);
    await page.keyboard.type('seq 1 200; echo needle-$((6 * 7)); seq 1 50');
    await page.keyboard.press('Enter');
    await expect(details.screen).toContainText('50');
    await page.keyboard.press('Control+Shift+F');
    const search = page.getByRole('searchbox', { name: 'Search in the terminal' });
    await expect(search).toBeFocused();
    await page.keyboard.type('nowhere-to-be-found');
    await expect(page.getByText('not found', { exact: true })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.keyboard.type('needle-42');
    await expect(page.getByText('not found', { exact: true })).toHaveCount(0);
    await expect(details.screen).toContainText('needle-42');
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await expect(search).toHaveCount(0);
    // What was found is selected; the keys are the shell's again, but for copy and paste.
    await page.keyboard.press('Control+Shift+C');
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('needle-42');
    await page.evaluate(() => navigator.clipboard.writeText('echo "pasted $((40 + 3))"'));
    await page.keyboard.press('Control+Shift+V');
    await expect(details.screen).toContainText('echo "pasted');
    await page.keyboard.press('Enter');
    await expect(details.screen).toContainText('pasted 43');
  });

  test('several are kept while other pages are shown, each its own shell', async ({ nativeApp: { page } }) => {
    const window = new SlipwayWindow(page);
    const details = new DetailsPage(page);
    const sessions = page.getByRole('toolbar', { name: 'Terminal sessions' });
    await page.getByRole('button', { name: 'New session' }).focus();
    await page.keyboard.press('Enter');
    await expect(sessions.locator('[aria-pressed]')).toHaveCount(2);
    await expect(details.screen).toContainText(/[#$]/);
    await expect(details.screen).not.toContainText('pasted 43');
    await details.type('cd /tmp && mine=second');
    await page.keyboard.press('Control+Shift+K');
    await page.keyboard.type('home');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Home', exact: true })).toBeVisible();
    await window.visit('#/containers/shelly/terminal');
    await expect(details.screen).toContainText('mine=second');
    await details.type('echo "$mine in $PWD"');
    await expect(details.screen).toContainText('second in /tmp');
    await sessions.locator('[aria-pressed]').first().press('Enter');
    await expect(details.screen).toContainText('pasted 43');
    await details.type('exit 3');
    await expect(page.getByText('Session ended with exit code 3')).toBeVisible();
    await sessions.getByRole('button', { name: /^Close/ }).first().press('Enter');
    await expect(sessions.locator('[aria-pressed]')).toHaveCount(1);
    await expect(details.screen).toContainText('second in /tmp');
  });
});
