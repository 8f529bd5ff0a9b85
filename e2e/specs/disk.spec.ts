import { axeFindingsInBothThemes } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/app.ts';
import { haveHello } from '../fixtures/images.ts';
import { SlipwayWindow } from '../pages/slipway-window.ts';

/** What takes space, and a clean-up that was announced to the byte. */
test.describe('disk', () => {
  test.describe.configure({ mode: 'serial' });

  test.beforeAll(async ({ nativeEngine: { docker } }) => haveHello(docker));

  test('by mouse: the preview tells what goes, and that is what goes', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const window = new SlipwayWindow(page);
    await docker.run(['run', '--name', 'leftover', 'slipway/hello', 'sh', '-c', 'head -c 3000000 /dev/zero > /waste']);
    await docker.run(['volume', 'create', 'stays']);
    await window.goTo('Disk');
    await page.getByRole('button', { name: 'Read again' }).click();
    await expect(page.getByRole('row').filter({ hasText: 'leftover' })).toContainText(/3(\.0\d)? MB/);
    expect(await axeFindingsInBothThemes(page)).toEqual([]);
    await page.getByRole('button', { name: 'Review: Stopped containers', exact: true }).click();
    await expect(window.dialog.getByRole('list', { name: 'What goes' })).toContainText('leftover');
    await expect(window.dialog).toContainText(/It frees .* \(exactly [\d,]+ bytes\)/);
    await expect(window.dialog).toContainText('Their volumes stay.');
    await window.dialog.getByRole('button', { name: 'Keep' }).click();
    expect(await docker.text('ps', '-aq', '--filter', 'name=leftover')).not.toBe('');
    await page.getByRole('button', { name: 'Review: Stopped containers', exact: true }).click();
    await window.dialog.getByRole('button', { name: /^Remove/ }).click();
    await expect(page.getByRole('row').filter({ hasText: 'leftover' })).toHaveCount(0);
    expect(await docker.text('ps', '-aq', '--filter', 'name=leftover')).toBe('');
    expect(await docker.text('volume', 'ls', '-q')).toContain('stays');
  });

  test('by keyboard alone', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const window = new SlipwayWindow(page);
    await window.visit('#/home');
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    const review = page.getByRole('button', { name: 'Review: All unused volumes', exact: true });
    await expect(review).toBeEnabled();
    await review.focus();
    await page.keyboard.press('Enter');
    await expect(window.dialog).toContainText('stays');
    await page.keyboard.press('Control+Backspace');
    await expect(async () => expect(await docker.text('volume', 'ls', '-q')).not.toContain('stays')).toPass();
    await expect(review).toBeDisabled();
  });
});
