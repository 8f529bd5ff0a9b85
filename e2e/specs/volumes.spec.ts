import { readFileSync } from 'node:fs';
import { axeFindingsInBothThemes } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/app.ts';
import { haveHello } from '../fixtures/images.ts';
import { DetailsPage } from '../pages/details-page.ts';
import { FilesPanel } from '../pages/files-panel.ts';
import { SlipwayWindow } from '../pages/slipway-window.ts';

const hostile = '<img src=x onerror=alert(1)>.txt';

/** Volumes and the files in them, and those of a container that runs and of one that does not. */
test.describe('volumes and files', () => {
  test.describe.configure({ mode: 'serial' });
  let backup: string;

  test.beforeAll(async ({ nativeEngine: { docker } }) => haveHello(docker));
  test.afterAll(async ({ nativeEngine: { docker } }) => {
    await docker.run(['rm', '-f', 'keeper'], { mayFail: true });
    await docker.run(['volume', 'rm', 'ledger', 'ledger-again', 'by-key'], { mayFail: true });
  });

  test('by mouse: created, filled, looked into, backed up', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const window = new SlipwayWindow(page);
    const files = new FilesPanel(page);
    await window.goTo('Volumes');
    await page.getByRole('button', { name: 'Create…' }).first().click();
    await window.dialog.getByLabel('Name', { exact: true }).fill('no/slashes');
    await expect(window.dialog).toContainText('A name has letters, digits');
    await window.dialog.getByLabel('Name', { exact: true }).fill('ledger');
    await window.dialog.getByLabel('Labels').fill('team=books');
    await expect(window.dialog).toContainText('docker volume create --label team=books ledger');
    await window.dialog.getByRole('button', { name: 'Create' }).click();
    await expect(page.getByText('This folder is empty.')).toBeVisible();

    await files.upload({ name: 'accounts.csv', text: 'name,amount\nrent,900\n' }, { name: hostile, text: '<script>alert(2)</script>' });
    await files.row(hostile).click();
    await expect(files.preview).toContainText('<script>alert(2)</script>');
    await files.row('accounts.csv').click();
    await expect(files.preview).toContainText('rent,900');
    await expect(page.locator('img[src=x]')).toHaveCount(0);
    expect(await axeFindingsInBothThemes(page)).toEqual([]);
    await files.pick('accounts.csv', 'Rename…');
    await window.dialog.getByLabel('Name').fill('2026.csv');
    await window.dialog.getByRole('button', { name: 'Rename' }).click();
    await expect(files.row('2026.csv')).toBeVisible();
    await page.getByRole('button', { name: 'New folder…' }).click();
    await window.dialog.getByLabel('Name').fill('old');
    await window.dialog.getByRole('button', { name: 'Make folder' }).click();
    await expect(files.row('old')).toBeVisible();
    const download = await files.download(() => files.pick('2026.csv', 'Download'));
    expect(readFileSync(await download.path(), 'utf8')).toBe('name,amount\nrent,900\n');
    expect(await docker.text('run', '--rm', '-v', 'ledger:/v', 'slipway/hello', 'sh', '-c', 'cat /v/2026.csv; test -d /v/old && echo folder')).toBe('name,amount\nrent,900\nfolder');

    const saved = await files.download(() => page.getByRole('button', { name: 'Back up…' }).click());
    expect(saved.suggestedFilename()).toMatch(/^ledger.*\.tar/);
    backup = await saved.path();
  });

  test('emptied after it was said what is lost, and restored from the file', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const window = new SlipwayWindow(page);
    const files = new FilesPanel(page);
    await page.getByRole('button', { name: 'Empty…' }).click();
    await expect(window.dialog).toContainText('Empty ledger?');
    await expect(window.dialog).toContainText('are gone for good. The volume itself stays.');
    await window.dialog.getByRole('button', { name: 'Empty', exact: true }).click();
    await expect(page.getByText('This folder is empty.')).toBeVisible();
    await window.goTo('Volumes');
    await page.locator('input[type=file]').setInputFiles({ name: 'ledger-again.tar', mimeType: 'application/x-tar', buffer: readFileSync(backup) });
    await expect(window.dialog.getByLabel('Name of the volume')).toHaveValue('ledger-again');
    await window.dialog.getByRole('button', { name: 'Restore' }).click();
    await page.getByRole('link', { name: 'ledger-again', exact: true }).click();
    await expect(files.row('2026.csv')).toBeVisible();
    expect(await docker.text('run', '--rm', '-v', 'ledger-again:/v', 'slipway/hello', 'cat', '/v/2026.csv')).toBe('name,amount\nrent,900');
  });

  test('by keyboard alone: created, walked through, removed', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const window = new SlipwayWindow(page);
    const files = new FilesPanel(page);
    await window.visit('#/home');
    await page.keyboard.press('g');
    await page.keyboard.press('v');
    await expect(page.getByRole('heading', { name: 'Volumes', exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Create…' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('by-key');
    await page.keyboard.press('Enter');
    await expect(page.getByText('This folder is empty.')).toBeVisible();
    await docker.run(['run', '--rm', '-v', 'by-key:/v', 'slipway/hello', 'sh', '-c', 'mkdir /v/deep; echo found > /v/deep/down.txt']);
    await page.getByRole('button', { name: 'Read again' }).focus();
    await page.keyboard.press('Enter');
    await files.row('deep').focus();
    await page.keyboard.press('Enter');
    await expect(files.here).toHaveText('deep');
    await files.row('down.txt').focus();
    await page.keyboard.press('Enter');
    await expect(files.preview).toContainText('found');
    await page.keyboard.press('Delete');
    await expect(window.dialog).toContainText('Remove down.txt?');
    await page.keyboard.press('Control+Backspace');
    await expect(page.getByText('This folder is empty.')).toBeVisible();

    await page.keyboard.press('g');
    await page.keyboard.press('v');
    await expect(page.getByRole('heading', { name: 'Volumes', exact: true })).toBeVisible();
    await page.keyboard.press('/');
    await page.keyboard.type('nobody');
    await expect(page.getByText('No volume matches “nobody”.')).toBeVisible();
    await page.keyboard.press('Escape');
    await page.keyboard.type('by-k');
    const row = page.getByRole('grid', { name: 'Volumes' }).getByRole('row').filter({ hasText: 'by-key' });
    await expect(row).toBeVisible();
    await row.focus();
    await page.keyboard.press('Delete');
    await expect(window.dialog).toContainText('Remove by-key?');
    await page.keyboard.press('Control+Backspace');
    await expect(page.getByText('No volume matches “by-k”.')).toBeVisible();
    expect(await docker.text('volume', 'ls', '-q', '--filter', 'name=by-key')).toBe('');
    await page.getByRole('button', { name: 'Clear filter' }).click();
  });

  test('one in use is not removed: who has it', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const window = new SlipwayWindow(page);
    await docker.run(['run', '-d', '--name', 'keeper', '-v', 'ledger:/data', 'slipway/hello']);
    await window.visit('#/volumes/ledger/overview');
    await expect(page.getByRole('link', { name: 'keeper' })).toBeVisible();
    await page.getByRole('button', { name: 'Remove…' }).click();
    await expect(window.dialog).toContainText('keeper uses it.');
    await expect(window.dialog.getByRole('button', { name: 'Remove', exact: true })).toBeDisabled();
    await page.keyboard.press('Escape');
    await expect(window.dialog).toHaveCount(0);
  });

  test('files of a container, running and stopped', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const files = new FilesPanel(page);
    const window = new SlipwayWindow(page);
    await window.visit('#/containers/keeper/overview');
    await new DetailsPage(page).tab('Files');
    await files.row('srv').dblclick();
    await expect(files.here).toHaveText('srv');
    await files.upload({ name: 'note.txt', text: 'from outside' });
    await expect(files.row('note.txt')).toBeVisible();
    expect(await docker.text('exec', 'keeper', 'cat', '/srv/note.txt')).toBe('from outside');
    await docker.run(['stop', '-t', '1', 'keeper']);
    await expect(page.getByText('The container does not run. These are its files')).toBeVisible();
    await window.visit('#/containers/keeper/changes');
    await expect(page.getByRole('treeitem').filter({ hasText: 'note.txt' })).toBeVisible();
  });
});
