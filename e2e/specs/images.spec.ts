import { axeFindings } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/app.ts';
import { helloTar } from '../fixtures/images.ts';
import { startRegistry, type Registry } from '../fixtures/registry.ts';
import { startSlowDoor } from '../fixtures/slow-door.ts';
import { ContainersPage } from '../pages/containers-page.ts';
import { DetailsPage } from '../pages/details-page.ts';
import { ImagesPage } from '../pages/images-page.ts';
import { SlipwayWindow } from '../pages/slipway-window.ts';

/** Images and the run form on the native engine: a registry on this host's loopback can be reached from there. */
test.describe('images', () => {
  test.describe.configure({ mode: 'serial' });
  let registry: Registry;

  test.beforeAll(async () => {
    registry = await startRegistry();
    await registry.put('team/big', '1.0', [80_000_000, 60_000_000, 1_000_000]);
  });
  test.afterAll(async () => registry.stop());

  test('a pull shows its layers and lands in the list', async ({ nativeApp: { page }, shoot }) => {
    const images = new ImagesPage(page);
    await new SlipwayWindow(page).goTo('Images');
    await shoot(page, '05-images-none');
    await images.pull(`${registry.host}/team/big:1.0`);
    const transfer = images.transfer(`${registry.host}/team/big:1.0`);
    await expect(transfer.getByRole('listitem')).toHaveCount(3);
    await shoot(page, '05-images-pull');
    await expect(images.row('team/big')).toBeVisible({ timeout: 30_000 });
    await expect(new SlipwayWindow(page).strip).toContainText('docker pull');
  });

  test('the task centre: how far a pull is, on any page, and its end, by keyboard alone', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const window = new SlipwayWindow(page);
    const door = await startSlowDoor(registry.host);
    try {
      await registry.put('team/slow', '1.0', [2_000_000, 1_000_000]);
      await new ImagesPage(page).pull(`${door.host}/team/slow:1.0`);
      await window.goTo('Home');
      const centre = page.getByRole('button', { name: /1 task$/ });
      await centre.focus();
      await page.keyboard.press('Enter');
      const list = page.getByRole('dialog', { name: 'Tasks' });
      const progress = list.getByRole('progressbar', { name: `Pull ${door.host}/team/slow:1.0` });
      await expect(progress).toHaveAttribute('aria-valuetext', /^\d.* of 3 MB$/);
      await expect(progress).toHaveAttribute('aria-valuenow', /^\d\d?$/);
      expect(await axeFindings(page)).toEqual([]);
      await list.getByRole('button', { name: 'Cancel' }).focus();
      await page.keyboard.press('Enter');
      await expect(list.getByRole('listitem').filter({ hasText: 'team/slow' })).toContainText('cancelled');
      await list.getByRole('button', { name: 'Clear the ended' }).focus();
      await page.keyboard.press('Enter');
      // With the last of them the centre itself goes.
      await expect(list).toHaveCount(0);
      await expect(centre).toHaveCount(0);
      await window.goTo('Images');
      expect(await docker.text('images', '-q', `${door.host}/team/slow`)).toBe('');
    } finally {
      await door.close();
    }
  });

  test('a reference that is not there says so', async ({ nativeApp: { page }, shoot }) => {
    const images = new ImagesPage(page);
    await images.pull(`${registry.host}/team/nope:2`);
    await expect(images.transfer(`${registry.host}/team/nope:2`)).toContainText(/not found|unknown/i);
    await shoot(page, '05-images-failed-pull');
  });

  test('an archive is loaded, then run from the form with a port that is free', async ({ nativeApp: { page }, nativeEngine, shoot }) => {
    const images = new ImagesPage(page);
    await images.load(helloTar);
    await expect(images.row('slipway/hello')).toBeVisible();
    await new SlipwayWindow(page).goTo('Containers');
    await page.getByRole('button', { name: 'Run…' }).first().click();
    await page.getByRole('combobox', { name: 'Image' }).fill('slipway/hello');
    await page.getByLabel('Name', { exact: true }).fill('web');
    await page.getByRole('button', { name: 'Add a variable' }).click();
    await page.getByRole('textbox', { name: 'Name of the variable' }).fill('GREETING');
    await page.getByLabel('Value', { exact: true }).fill('hello there');
    await expect(page.locator('.command-pane, [class*=command]').filter({ hasText: 'GREETING=hello there' }).first()).toBeVisible();
    await shoot(page, '04-run');
    await page.getByRole('button', { name: /^Run/ }).last().click();
    // A container that was just run shows its log first.
    await expect(page.getByRole('heading', { name: 'web' })).toBeVisible();
    await expect(new DetailsPage(page).logLines).toContainText('This container runs');
    await new SlipwayWindow(page).goTo('Containers');
    await expect(new ContainersPage(page).row('web')).toContainText('Running');
    expect(await nativeEngine.docker.text('exec', 'web', 'sh', '-c', 'echo $GREETING')).toBe('hello there');
  });

  test('a name in use is found before it is run', async ({ nativeApp: { page }, shoot }) => {
    await new SlipwayWindow(page).goTo('Containers');
    await page.getByRole('button', { name: 'Run…' }).first().click();
    await page.getByRole('combobox', { name: 'Image' }).fill('slipway/hello');
    await page.getByLabel('Name', { exact: true }).fill('web');
    await expect(page.getByText('This name is taken by')).toBeVisible();
    await shoot(page, '04-run-name-taken');
    await page.keyboard.press('Escape');
  });

  test.afterAll(async ({ nativeEngine: { docker } }) => {
    // It took port 8080, which others begin with too.
    await docker.run(['rm', '-f', 'web']);
  });
});
