import { readFileSync } from 'node:fs';
import { axeFindings } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/app.ts';
import { importBusybox } from '../fixtures/images.ts';
import { LogsPage } from '../pages/logs-page.ts';

test.describe('logs', () => {
  test.describe.configure({ mode: 'serial' });

  test.beforeAll(async ({ nativeEngine: { docker } }) => {
    await importBusybox(docker);
    const hostile = '<img src=x onerror=alert(1)> \\033[31mred\\033[0m';
    await docker.run(['run', '-d', '--name', 'long', 'bb', 'sh', '-c', `seq 1 300000; echo ERROR upstream timeout; printf '${hostile}\\n'; echo '{"msg":"picked up","trace_id":"b7ad","order":7}'`]);
    await docker.text('wait', 'long');
  });

  test('any part of a long log, by mouse and by keys', async ({ nativeApp: { page }, shoot }) => {
    const logs = new LogsPage(page);
    await logs.open('long');
    await expect(logs.foot).toContainText('300,003 lines');
    await expect(logs.foot).toContainText('1 error');
    await expect(logs.lines).toContainText('<img src=x onerror=alert(1)> red');
    await expect(logs.follow).toHaveText(/Following/);
    await logs.lines.focus();
    await page.keyboard.press('Home');
    await expect(logs.lines.locator('.log-line__text').first()).toHaveText('1');
    await expect(logs.follow).not.toHaveText(/Following/);
    await page.keyboard.press('PageDown');
    await expect(logs.lines.locator('.log-line__text').first()).not.toHaveText('1');
    await page.keyboard.press('End');
    await expect(logs.lines).toContainText('picked up');
    await shoot(page, '03-logs');
    expect(await axeFindings(page)).toEqual([]);
  });

  test('a regular expression, match by match', async ({ nativeApp: { page } }) => {
    const logs = new LogsPage(page);
    await page.keyboard.press('/');
    await expect(logs.search).toBeFocused();
    await page.getByRole('button', { name: 'Regular expression' }).click();
    await logs.search.fill('^2{3,}$');
    await expect(logs.matches).toHaveText('4 lines');
    await logs.search.press('Shift+Enter');
    await expect(logs.matches).toHaveText('4 of 4');
    await expect(logs.current.locator('.log-line__text')).toHaveText('222222');
    await expect(logs.current.locator('mark')).toHaveText('222222');
    await logs.search.press('Enter');
    await expect(logs.current.locator('.log-line__text')).toHaveText('222');
    await logs.search.fill('(');
    await expect(logs.matches).toHaveText('not a pattern');
    await logs.search.fill('');
    await page.getByRole('combobox', { name: 'Levels' }).selectOption('error');
    await expect(logs.lines.locator('.log-line__text')).toHaveText(['ERROR upstream timeout']);
    await page.getByRole('combobox', { name: 'Levels' }).selectOption('all');
  });

  test('the fields of a JSON line, and only its trace', async ({ nativeApp: { page } }) => {
    const logs = new LogsPage(page);
    await page.getByRole('button', { name: 'Fields of this line' }).click();
    await expect(logs.lines).toContainText('"b7ad"');
    await page.getByRole('button', { name: 'Only this trace' }).click();
    await expect(logs.lines.locator('.log-line')).toHaveCount(1);
    await page.getByRole('button', { name: 'Show all lines' }).click();
    await expect(logs.lines).toContainText('ERROR upstream timeout');
  });

  test('one stream of both, the time of each line, and the whole log in a file', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const logs = new LogsPage(page);
    await docker.run(['run', '--name', 'both', 'bb', 'sh', '-c', 'echo said; echo complained >&2']);
    await logs.open('both');
    await expect(logs.lines).toContainText('complained');
    await page.getByRole('combobox', { name: 'Streams' }).selectOption('stderr');
    await expect(logs.lines.locator('.log-line__text')).toHaveText(['complained']);
    await page.getByRole('combobox', { name: 'Streams' }).selectOption('all');
    const time = page.getByRole('button', { name: 'Time', exact: true });
    const hadTime = (await time.getAttribute('aria-pressed')) === 'true';
    await time.focus();
    await page.keyboard.press('Enter');
    await expect(logs.lines.locator('.log-line__time')).toHaveCount(hadTime ? 0 : 2);
    await page.keyboard.press('Enter');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save the whole log' }).press('Enter')]);
    expect(readFileSync(await file.path(), 'utf8')).toMatch(/said[^]*complained|complained[^]*said/);
    await docker.run(['rm', 'both']);
  });

  test('several logs are merged by time, picked by mouse and by keyboard', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
    const logs = new LogsPage(page);
    for (const [name, words] of Object.entries({ first: 'from the first', second: 'from the second' })) {
      await docker.run(['run', '--name', name, 'bb', 'echo', words]);
    }
    await logs.open('first');
    await expect(logs.lines).toContainText('from the first');
    await logs.sources.click();
    await page.getByRole('checkbox', { name: 'second', exact: true }).check();
    // For the next tick it stays open.
    await expect(page.getByRole('checkbox', { name: 'second', exact: true })).toBeChecked();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('checkbox', { name: 'second', exact: true })).toHaveCount(0);
    await expect(logs.foot).toContainText('2 lines');
    await expect(logs.lines.locator('.log-line__text')).toHaveText(['from the first', 'from the second']);
    await logs.sources.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('searchbox', { name: 'Find a container' })).toBeFocused();
    await page.keyboard.type('first');
    await page.getByRole('checkbox', { name: 'first', exact: true }).focus();
    await page.keyboard.press('Space');
    await expect(page.getByRole('checkbox', { name: 'first', exact: true })).not.toBeChecked();
    await page.keyboard.press('Escape');
    await expect(logs.sources).toBeFocused();
    await expect(logs.lines.locator('.log-line__text')).toHaveText(['from the second']);
    await docker.run(['rm', 'first', 'second']);
  });
});
