import { axeFindingsInBothThemes } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/app.ts';
import { haveHello } from '../fixtures/images.ts';
import { NetworksPage } from '../pages/networks-page.ts';
import { SlipwayWindow } from '../pages/slipway-window.ts';

/** Networks as a map and as a list. */
test.describe('networks', () => {
  test.describe.configure({ mode: 'serial' });

  test.beforeAll(async ({ nativeEngine: { docker } }) => {
    await haveHello(docker);
    await docker.run(['run', '-d', '--name', 'talker', 'slipway/hello']);
  });
  test.afterAll(async ({ nativeEngine: { docker } }) => {
    await docker.run(['rm', '-f', 'talker'], { mayFail: true });
    await docker.run(['network', 'rm', 'backstage', 'by-key-net'], { mayFail: true });
  });

  test('by mouse: one with a subnet of its own, and a container in it', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const window = new SlipwayWindow(page);
    const networks = new NetworksPage(page);
    await window.goTo('Networks');
    await expect(page.getByRole('button', { name: /^talker/ })).toBeVisible();
    expect(await axeFindingsInBothThemes(page)).toEqual([]);
    await page.getByRole('button', { name: 'New network…' }).click();
    await window.dialog.getByLabel('Name', { exact: true }).fill('backstage');
    await window.dialog.getByLabel('Subnet', { exact: true }).fill('172.17.4.0/24');
    await window.dialog.getByLabel('Gateway').focus();
    await expect(window.dialog).toContainText('bridge has 172.17.0.0/16, which overlaps.');
    await window.dialog.getByLabel('Subnet', { exact: true }).fill('10.77.4.0/24');
    await expect(window.dialog).toContainText('docker network create --subnet 10.77.4.0/24 backstage');
    await window.dialog.getByRole('button', { name: 'Create' }).click();
    await expect(window.dialog).toHaveCount(0);

    await networks.showList();
    await networks.row('backstage').click();
    await networks.pane('backstage').getByRole('button', { name: 'Connect…' }).click();
    await window.dialog.getByLabel('Container', { exact: true }).selectOption('talker');
    await window.dialog.getByLabel('Further names').fill('herald');
    await window.dialog.getByRole('textbox', { name: 'Address' }).fill('10.77.4.20');
    await window.dialog.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(networks.pane('backstage')).toContainText('10.77.4.20');
    await expect(window.strip).toContainText('docker network connect');
    expect(await docker.text('inspect', '--format', '{{.NetworkSettings.Networks.backstage.IPAddress}} {{.NetworkSettings.Networks.backstage.Aliases}}', 'talker')).toMatch(/^10\.77\.4\.20 \[.*herald/);
    expect(await docker.text('run', '--rm', '--network', 'backstage', 'slipway/hello', 'wget', '-q', '-O', '-', 'http://herald/')).toContain('It runs.');
    await networks.pane('backstage').getByRole('button', { name: 'Remove…' }).click();
    await expect(window.dialog).toContainText('talker runs in it. Disconnect or stop it first.');
    await page.keyboard.press('Escape');
    await networks.pane('backstage').getByRole('button', { name: 'Disconnect talker' }).click();
    await expect(networks.pane('backstage')).toContainText('No container is in it.');
  });

  test('by keyboard alone: made, found, removed', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const window = new SlipwayWindow(page);
    const networks = new NetworksPage(page);
    await window.visit('#/home');
    await page.keyboard.press('g');
    await page.keyboard.press('n');
    await page.getByRole('button', { name: 'New network…' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('by-key-net');
    await page.keyboard.press('Enter');
    await expect(window.dialog).toHaveCount(0);
    await page.getByRole('button', { name: 'List', exact: true }).focus();
    await page.keyboard.press('Enter');
    await expect(networks.row('by-key-net')).toBeVisible();
    await networks.row('backstage').focus();
    await page.keyboard.press('ArrowDown');
    await expect(networks.row('by-key-net')).toBeFocused();
    await page.keyboard.press('Delete');
    await expect(window.dialog).toContainText('Remove by-key-net?');
    await page.keyboard.press('Control+Backspace');
    await expect(networks.row('by-key-net')).toHaveCount(0);
    expect(await docker.text('network', 'ls', '-q', '--filter', 'name=by-key-net')).toBe('');
  });

  test('what is unused goes at once, after its names were told', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const window = new SlipwayWindow(page);
    await page.getByRole('button', { name: 'Remove unused…' }).click();
    await expect(window.dialog).toContainText('backstage goes: no running container is in it.');
    await window.dialog.getByRole('button', { name: /^Remove 1/ }).click();
    await expect(new NetworksPage(page).row('backstage')).toHaveCount(0);
    expect(await docker.text('network', 'ls', '--format', '{{.Name}}')).not.toContain('backstage');
  });
});
