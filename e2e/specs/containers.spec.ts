import { axeFindingsInBothThemes } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/app.ts';
import { haveHello } from '../fixtures/images.ts';
import { ContainersPage } from '../pages/containers-page.ts';
import { SlipwayWindow } from '../pages/slipway-window.ts';

const names = ['fleet-api-1', 'fleet-db-1', 'fleet-web-1'];

/** The list as a professional uses it: several at once, filtered, sorted, folded. */
test.describe('the list of containers', () => {
  test.describe.configure({ mode: 'serial' });

  test.beforeAll(async ({ nativeEngine: { docker } }) => {
    await haveHello(docker);
    for (const name of names) await docker.run(['run', '-d', '--name', name, '--label', 'com.docker.compose.project=fleet', 'slipway/hello']);
    await docker.run(['run', '--name', 'fails', 'slipway/hello', 'sh', '-c', 'exit 3'], { mayFail: true });
  });
  test.afterAll(async ({ nativeEngine: { docker } }) => void (await docker.run(['rm', '-f', ...names, 'fails'], { mayFail: true })));

  test('several are stopped and started by mouse', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const containers = new ContainersPage(page);
    await new SlipwayWindow(page).goTo('Containers');
    await containers.filter.fill('fleet');
    await expect(containers.rows).toHaveCount(3);
    for (const name of ['fleet-api-1', 'fleet-db-1']) await page.getByRole('checkbox', { name: `Select ${name}` }).check();
    await expect(containers.selection).toContainText('2 selected');
    await containers.selection.getByRole('button', { name: 'Stop', exact: true }).click();
    for (const name of ['fleet-api-1', 'fleet-db-1']) await expect(containers.row(name)).toContainText('Exited');
    await expect(containers.row('fleet-web-1')).toContainText('Running');
    await expect(new SlipwayWindow(page).strip).toContainText(/docker stop fleet-(api|db)-1 fleet-(api|db)-1/);
    expect(await axeFindingsInBothThemes(page)).toEqual([]);
    await containers.selection.getByRole('button', { name: 'Start', exact: true }).click();
    for (const name of names) await expect(containers.row(name)).toContainText('Running');
    expect(await docker.text('ps', '-q', '--filter', 'label=com.docker.compose.project=fleet')).toMatch(/^(\w+\n){2}\w+$/);
    await containers.selection.getByRole('button', { name: 'Clear' }).click();
    await expect(containers.selection).toHaveCount(0);
  });

  test('the same by keyboard alone, and all of them go at once', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const containers = new ContainersPage(page);
    const window = new SlipwayWindow(page);
    await page.keyboard.press('/');
    await expect(containers.filter).toBeFocused();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('fleet');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    await expect(containers.project('fleet')).toBeFocused();
    await page.keyboard.press('ArrowLeft');
    await expect(containers.rows).toHaveCount(0);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('p');
    await expect(containers.row('fleet-api-1')).toContainText('Paused');
    await page.keyboard.press('p');
    await expect(containers.row('fleet-api-1')).toContainText('Running');
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowDown');
    await expect(containers.selection).toContainText('2 selected');
    await page.keyboard.press('Control+a');
    await expect(containers.selection).toContainText('3 selected');
    await page.keyboard.press('Delete');
    await expect(window.dialog).toContainText('Remove 3 containers?');
    await expect(window.dialog).toContainText('Their volumes stay. Files changed inside them are lost.');
    // Keeping has the focus: Enter loses nothing.
    await expect(window.dialog.getByRole('button', { name: 'Keep' })).toBeFocused();
    await page.keyboard.press('Control+Backspace');
    await expect(page.getByText('No container matches “fleet”.')).toBeVisible();
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await expect(containers.row('fails')).toBeVisible();
    expect(await docker.text('ps', '-aq', '--filter', 'label=com.docker.compose.project=fleet')).toBe('');
  });

  test('what needs attention says why, and leads to its last lines', async ({ nativeApp: { page } }) => {
    const containers = new ContainersPage(page);
    await page.getByRole('group', { name: 'Show' }).getByRole('button', { name: /^Attention/ }).click();
    await expect(containers.row('fails')).toContainText('Exited 3');
    await expect(page.getByText('It ended with exit code 3.').first()).toBeVisible();
    await page.getByRole('group', { name: 'Show' }).getByRole('button', { name: /^All/ }).click();
    await page.getByRole('columnheader', { name: 'State' }).getByRole('button').click();
    await expect(page.getByRole('columnheader', { name: 'State' })).toHaveAttribute('aria-sort', /ascending|descending/);
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  });
});
