import { expect, test } from '../fixtures/app.ts';
import { haveHello } from '../fixtures/images.ts';
import type { ElectronDouble } from '../launchers/electron-double/launch.ts';
import type { TrayLabels } from '../launchers/electron-double/wire.ts';
import { SlipwayWindow } from '../pages/slipway-window.ts';

/** The tray and the notifications of the Electron shell, against the stand-in for `electron`. */
test('the tray: what runs, with start and stop, the window, and the way out', async ({ nativeApp, nativeEngine: { docker } }, { project }) => {
  test.skip(project.name !== 'electron-double', 'asks the Electron shell’s own tray');
  const shell = nativeApp as ElectronDouble;
  const menu = async (): Promise<TrayLabels> => (await shell.ask({ about: 'tray' })) as TrayLabels;
  const choose = (...path: string[]): Promise<unknown> => shell.ask({ about: 'tray-choice', path });
  await haveHello(docker);
  try {
    await docker.text('run', '-d', '--name', 'tray-web', '-p', '127.0.0.1:0:80', 'slipway/hello');
    const port = (await docker.text('port', 'tray-web', '80')).split(':').at(-1)?.trim();
    const browse = `Open localhost:${port}`;
    await expect.poll(menu).toEqual(['(The engine runs)', '—', '(Running containers)', { 'tray-web': [browse, 'Stop', 'Restart', 'Show'] }, '—', 'Open Slipway', 'Quit Slipway']);

    expect(await choose('tray-web', browse)).toBe(true);
    await expect.poll(() => shell.externalUrls).toContain(`http://localhost:${port}/`);

    expect(await choose('tray-web', 'Stop')).toBe(true);
    await expect.poll(menu).toContainEqual({ 'Stopped containers': [{ 'tray-web': ['Start', 'Show'] }] });
    expect(await docker.text('inspect', '-f', '{{.State.Status}}', 'tray-web')).toContain('exited');
    expect(await choose('Stopped containers', 'tray-web', 'Start')).toBe(true);
    await expect.poll(async () => JSON.stringify(await menu())).toContain('"Restart"');

    // In German as soon as the window is.
    await new SlipwayWindow(shell.page).visit('#/settings');
    await shell.page.getByRole('button', { name: 'Deutsch', exact: true }).click();
    await expect.poll(menu).toContain('Slipway beenden');
    await shell.page.getByRole('button', { name: 'English', exact: true }).click();
    await expect.poll(menu).toContain('Quit Slipway');

    // Closed into the tray, and out of it again at the container.
    const keepRunning = shell.page.getByRole('checkbox', { name: 'Keep running in the tray when the window is closed' });
    await keepRunning.click();
    await expect(keepRunning).toBeChecked();
    shell.pressClose();
    await expect.poll(() => shell.isVisible()).toBe(false);
    expect(await choose('tray-web', 'Show')).toBe(true);
    await expect.poll(() => shell.isVisible()).toBe(true);
    await expect(shell.page.getByRole('heading', { name: 'tray-web' })).toBeVisible();
    await new SlipwayWindow(shell.page).visit('#/settings');
    await keepRunning.click();
    await expect(keepRunning).not.toBeChecked();
  } finally {
    await docker.run(['rm', '-f', 'tray-web']);
  }
});

test('a notification tells what could not be done, and its click shows the window', async ({ nativeApp, nativeEngine: { docker } }, { project }) => {
  test.skip(project.name !== 'electron-double', 'asks the Electron shell’s own notifications');
  const shell = nativeApp as ElectronDouble;
  await haveHello(docker);
  try {
    await docker.text('create', '--name', 'tray-broken', 'slipway/hello', '/no/such/program');
    await expect.poll(async () => JSON.stringify(await shell.ask({ about: 'tray' }))).toContain('tray-broken');
    expect(await shell.ask({ about: 'tray-choice', path: ['Stopped containers', 'tray-broken', 'Start'] })).toBe(true);
    await expect.poll(() => shell.notifications.at(-1)?.title).toBe('tray-broken could not be started');
    expect(shell.notifications.at(-1)?.body).toContain('/no/such/program');

    // What the window asks to be told leads to its page.
    shell.forge({ url: 'slipway-app://window/', isMain: true }, 'slipway:to-main', { type: 'request', id: 1, channel: 'app/notify', params: { title: 'Pulled', body: '', place: '#/images' } });
    await expect.poll(() => shell.notifications.at(-1)?.title).toBe('Pulled');
    expect(await shell.ask({ about: 'notification-click' })).toBe(true);
    await expect.poll(() => new URL(shell.page.url()).hash).toBe('#/images');
  } finally {
    await docker.run(['rm', '-f', 'tray-broken']);
  }
});
