import { createServer, type AddressInfo } from 'node:net';
import { axeFindings } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/app.ts';
import { freePort } from '../fixtures/free-port.ts';
import { haveHello } from '../fixtures/images.ts';
import { startRegistry, type Registry } from '../fixtures/registry.ts';
import { ContainersPage } from '../pages/containers-page.ts';
import { DetailsPage } from '../pages/details-page.ts';
import { RunPage } from '../pages/run-page.ts';
import { SlipwayWindow } from '../pages/slipway-window.ts';

/** The run form, and the three errors that every course teaches. */
test.describe('the run form', () => {
  test.describe.configure({ mode: 'serial' });
  let port: number;
  let registry: Registry;

  test.beforeAll(async ({ nativeEngine: { docker } }) => {
    await haveHello(docker);
    port = await freePort();
    registry = await startRegistry();
  });
  test.afterAll(async ({ nativeEngine: { docker } }) => {
    await registry.stop();
    await docker.run(['rm', '-f', 'web', 'keyed', 'pasted'], { mayFail: true });
  });

  test('fills by mouse, shows its command, and runs what it says', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const form = new RunPage(page);
    const window = new SlipwayWindow(page);
    await window.goTo('Containers');
    await page.getByRole('button', { name: 'Run…' }).first().click();
    await form.image.fill('slipway/hel');
    await page.getByRole('option', { name: /slipway\/hello/ }).click();
    await form.name.fill('web');
    await expect(form.insidePort).toHaveValue('80');
    await form.hostPort.fill(String(port));
    await form.addVariable('API_TOKEN', 's3cret');
    await form.addVolume('web-data', '/data');
    await form.unfold('Limits');
    await page.getByRole('textbox', { name: 'Memory', exact: true }).fill('64m');
    for (const part of ['--name web', `--publish ${port}:80`, '--volume web-data:/data', '--memory 64m', '--env API_TOKEN']) await expect(form.command).toContainText(part);
    await expect(form.command).not.toContainText('s3cret');
    expect(await axeFindings(page)).toEqual([]);
    await form.run.click();
    await expect(page.getByRole('heading', { name: 'web', exact: true })).toBeVisible();
    await expect(async () => expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain('It runs.')).toPass();
    expect(await docker.text('inspect', '--format', '{{.HostConfig.Memory}} {{json .Config.Env}} {{(index .Mounts 0).Name}}', 'web')).toMatch(/^67108864 .*"API_TOKEN=s3cret".* web-data$/);
  });

  test('fills and runs by keyboard alone', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const form = new RunPage(page);
    await new SlipwayWindow(page).visit('#/containers');
    await page.keyboard.press('n');
    await expect(form.image).toBeFocused();
    await page.keyboard.type('slipway/hello');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(form.image).toHaveValue('slipway/hello:latest');
    await page.keyboard.press('Tab');
    await expect(form.name).toBeFocused();
    await page.keyboard.type('keyed');
    await page.keyboard.press('Tab');
    await expect(form.hostPort).toBeFocused();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Control+Enter');
    await expect(page.getByRole('heading', { name: 'keyed', exact: true })).toBeVisible();
    await expect(new DetailsPage(page).logLines).toContainText('This container runs');
    expect(await docker.text('inspect', '--format', '{{.State.Running}}', 'keyed')).toBe('true');
  });

  test('takes a pasted command over, and says what it cannot', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const form = new RunPage(page);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await new SlipwayWindow(page).visit('#/run');
    await page.evaluate(() => navigator.clipboard.writeText('docker run -d --name pasted -l team=web --cpus 0.5 -w /tmp --cidfile /x slipway/hello sleep 1000'));
    await page.getByRole('heading', { name: 'Run a container' }).click();
    await page.keyboard.press('Control+v');
    await expect(form.name).toHaveValue('pasted');
    await expect(page.getByRole('status').filter({ hasText: 'Read from the command.' })).toContainText('--cidfile');
    for (const part of ['--label team=web', '--cpus 0.5', '--workdir /tmp', 'sleep 1000']) await expect(form.command).toContainText(part);
    await page.getByRole('button', { name: 'Create, don’t start' }).click();
    await expect(new ContainersPage(page).row('pasted')).toContainText('Created');
    expect(await docker.text('inspect', '--format', '{{.HostConfig.NanoCpus}} {{.Config.WorkingDir}} {{.Config.Cmd}}', 'pasted')).toBe('500000000 /tmp [sleep 1000]');
  });

  test('a name in use: who has it, and another that is free', async ({ nativeApp: { page } }) => {
    const form = new RunPage(page);
    await new SlipwayWindow(page).visit('#/run?image=slipway/hello');
    await form.name.fill('web');
    const conflict = form.conflict('This name is taken by');
    await expect(conflict.getByRole('link', { name: 'web' })).toBeVisible();
    await expect(conflict.getByRole('button', { name: 'Remove web…' })).toBeVisible();
    await expect(form.run).toBeDisabled();
    await conflict.getByRole('button', { name: 'Use web-2 instead' }).click();
    await expect(form.name).toHaveValue('web-2');
    await expect(conflict).toHaveCount(0);
  });

  test('a port that is allocated: the container or the program that has it, and what to do', async ({ nativeApp: { page } }) => {
    const form = new RunPage(page);
    await form.hostPort.fill(String(port));
    const conflict = form.conflict(`Port ${port} is taken by`);
    await expect(conflict).toContainText('web, a container that has run for');
    await expect(form.run).toBeDisabled();
    expect(await axeFindings(page)).toEqual([]);
    await conflict.getByRole('button', { name: `Use ${port + 1} instead` }).click();
    await expect(form.hostPort).toHaveValue(String(port + 1));

    const program = createServer();
    await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', resolve));
    try {
      const { port: held } = program.address() as AddressInfo;
      await form.hostPort.fill(String(held));
      await expect(form.conflict(`Port ${held} is taken by`)).toContainText(/node.* \(process \d+\), which is not a container/i);
    } finally {
      await new Promise((resolve) => program.close(resolve));
    }

    await form.hostPort.fill(String(port));
    await conflict.getByRole('button', { name: 'Stop web' }).click();
    await expect(conflict).toHaveCount(0);
    await expect(form.run).toBeEnabled();
  });

  test('an image that is not found: what was probably meant', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    await registry.put('team/storefront', '1.0', [1000]);
    await docker.run(['pull', '-q', `${registry.host}/team/storefront:1.0`]);
    const form = new RunPage(page);
    await form.image.fill(`${registry.host}/team/storefrnt:1.0`);
    await form.run.click();
    const conflict = form.conflict('No registry has');
    await expect(conflict).toContainText(`Did you mean ${registry.host}/team/storefront:1.0?`);
    await conflict.getByRole('button', { name: `Use ${registry.host}/team/storefront:1.0` }).click();
    await expect(form.image).toHaveValue(`${registry.host}/team/storefront:1.0`);
    await expect(form.run).toBeEnabled();
    await docker.run(['rmi', '-f', `${registry.host}/team/storefront:1.0`]);
  });
});
