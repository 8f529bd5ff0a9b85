import { axeFindings } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/app.ts';
import { haveHello } from '../fixtures/images.ts';
import { SlipwayWindow } from '../pages/slipway-window.ts';

/** Home, Settings and Troubleshoot. */
test.describe('home, settings, troubleshoot', () => {
  test.describe.configure({ mode: 'serial' });

  test.beforeAll(async ({ nativeEngine: { docker } }) => haveHello(docker));
  test.afterAll(async ({ nativeEngine: { docker } }) => void (await docker.run(['rm', '-f', 'steady', 'broken'], { mayFail: true })));

  test('home tells what needs attention, what runs and what happened, and leads there', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const window = new SlipwayWindow(page);
    await docker.run(['run', '-d', '--name', 'steady', 'slipway/hello']);
    await docker.run(['run', '--name', 'broken', 'slipway/hello', 'sh', '-c', 'exit 7'], { mayFail: true });
    await window.goTo('Home');
    const attention = page.getByRole('region', { name: 'Needs attention' });
    await expect(attention).toContainText('It ended with exit code 7.');
    await expect(page.getByRole('region', { name: 'Running', exact: true }).getByRole('link', { name: 'steady' })).toBeVisible();
    const activity = page.getByRole('region', { name: 'Recent activity' });
    await expect(activity).toContainText('broken ended with exit code 7');
    await expect(page.getByRole('region', { name: 'Engine', exact: true })).toContainText('this computer, without a VM');
    await attention.getByRole('button', { name: 'Details of broken' }).click();
    await expect(page.getByRole('heading', { name: 'broken' })).toBeVisible();
    await page.keyboard.press('Control+[');
    await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible();
    await docker.run(['rm', '-f', 'broken']);
    await expect(attention.getByText('broken')).toHaveCount(0);
    await expect(activity).toContainText('broken was removed');
    await expect(page.getByRole('region', { name: 'First steps' })).toContainText('Remove a container (done)');
  });

  test('settings: theme and language by keyboard, a wrong figure is told, the file is followed', async ({ nativeApp: { page } }) => {
    const window = new SlipwayWindow(page);
    await page.keyboard.press('Control+,');
    await expect(page.getByRole('heading', { name: 'Settings', exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Light', exact: true }).focus();
    await page.keyboard.press('Enter');
    await expect(page.locator('[data-theme=light]')).toBeAttached();
    await page.getByRole('button', { name: 'Deutsch', exact: true }).focus();
    await page.keyboard.press('Space');
    await expect(page.getByRole('heading', { name: 'Einstellungen', exact: true })).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'English', exact: true }).click();
    await page.getByRole('button', { name: 'Dark', exact: true }).click();
    await expect(page.locator('[data-theme=dark]')).toBeAttached();
    await page.getByRole('button', { name: 'As the system', exact: true }).first().click();
    const memory = page.getByRole('textbox', { name: /^Memory/ });
    const before = await memory.inputValue();
    await memory.fill('12');
    await expect(page.getByText('512 at least')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeDisabled();
    await memory.fill(before);
    await window.palette('home');
    await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible();
  });

  test('troubleshoot: checks, and diagnostics without secrets', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    await docker.run(['rm', '-f', 'steady']);
    await docker.run(['run', '-d', '--name', 'steady', '-e', 'TOKEN=hunter2-in-a-variable', '--label', 'owner=somebody', 'slipway/hello', 'sh', '-c', 'echo hunter2-in-the-output; sleep 1000']);
    await page.getByRole('link', { name: 'Troubleshoot' }).click();
    const checks = page.getByRole('region', { name: 'Checks', exact: true });
    await expect(checks).toContainText(/Version .* answered in/);
    await expect(checks).toContainText('The docker CLI reaches the engine at');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Check again' }).press('Enter');
    await expect(checks).toContainText(/Version .* answered in/);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save diagnostics…' }).click()]);
    const text = await (await download.createReadStream()).setEncoding('utf8').toArray().then((parts) => parts.join(''));
    expect(text.length).toBeGreaterThan(500);
    for (const secret of ['hunter2', 'somebody', 'steady']) expect(text).not.toContain(secret);
  });
});
