import type { UiRow } from './row.ts';
import { image } from './stage.ts';

const line = 'GET /products/RP-12 200 7 ms user=8841 https://shop.example/products/RP-12?ref=home';

/** `cat` of a large file in the window's terminal, and Ctrl-C while it floods. */
export const terminal: UiRow = {
  name: 'terminal',
  async run({ page, docker }, quick) {
    const megabytes = quick ? 5 : 50;
    await docker.run(['run', '-d', '--name', 'tty', image, 'sh', '-c', `yes '${line}' | head -c ${megabytes * 1_000_000} > /big; sleep 10000`]);
    await page.evaluate(() => void (location.hash = '#/containers'));
    await page.getByRole('link', { name: 'tty', exact: true }).waitFor();
    await docker.run(['exec', 'tty', 'sh', '-c', `until [ $(stat -c %s /big) -eq ${megabytes * 1_000_000} ]; do sleep 0.1; done`]);
    await page.evaluate(() => void (location.hash = '#/containers/tty/terminal'));
    const screen = page.locator('.xterm-rows:visible');
    await screen.getByText('#').first().waitFor();
    const type = async (text: string): Promise<void> => {
      await page.locator('.xterm:visible .xterm-helper-textarea').focus();
      await page.keyboard.insertText(text);
    };
    /** By the page's clock, from the key until the words stand on the screen. The page watches before the key comes: a driver's call may come after it. */
    const timed = async (key: string, words: string): Promise<number> => {
      await page.evaluate((wanted) => {
        const seen = new Promise<number>((resolve) => {
          const onKey = (pressed: KeyboardEvent): void => {
            if (pressed.key !== 'Enter' && pressed.key !== 'c') return;
            removeEventListener('keydown', onKey, { capture: true });
            const began = performance.now();
            const look = (): void => {
              if ([...document.querySelectorAll('.xterm-rows > div')].some((row) => row.textContent?.startsWith(wanted))) resolve(performance.now() - began);
              else if (performance.now() - began > 120_000) resolve(Number.POSITIVE_INFINITY);
              else requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
          };
          addEventListener('keydown', onKey, { capture: true });
        });
        Object.assign(window, { benchSeen: seen });
      }, words);
      await page.keyboard.press(key);
      return page.evaluate(() => (window as unknown as { benchSeen: Promise<number> }).benchSeen);
    };
    // The file does not end with its line.
    await type('cat /big; echo; echo "all"" of it"');
    const took = await timed('Enter', 'all of it');
    await type('clear; yes');
    await page.keyboard.press('Enter');
    await screen.getByText('y', { exact: true }).first().waitFor();
    // The shell has the terminal again.
    const interrupted = await timed('Control+c', '/ #');
    await docker.run(['rm', '-f', 'tty']);
    return [
      { name: `terminal: cat of ${megabytes} MB`, value: megabytes / (took / 1000), unit: 'MB/s', goal: 30, isLeast: true, note: `${Math.round(took)} ms` },
      { name: 'terminal: Ctrl-C in a flood', value: interrupted, unit: 'ms', goal: 200 },
    ];
  },
};
