import type { Page } from '@playwright/test';
import { countFrames, framesSoFar, longFrame } from './frames.ts';
import type { Measure, UiRow } from './row.ts';
import { image } from './stage.ts';

const line = 'INFO GET /products/RP-12 200 7 ms user=8841';

/** Milliseconds by the page's own clock from a navigation until a locator's text is there: no round trip of the driver counts. */
async function timed(page: Page, act: () => Promise<unknown>, seen: { selector: string; text: string }): Promise<number> {
  const found = page.evaluate(
    ({ selector, text }) =>
      new Promise<number>((resolve) => {
        const began = performance.now();
        const look = (): void => {
          const element = [...document.querySelectorAll(selector)].some((one) => one.textContent?.includes(text) === true);
          if (element) resolve(performance.now() - began);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    seen,
  );
  await act();
  return found;
}

const goTo = (page: Page, hash: string): Promise<void> => page.evaluate((next) => void (location.hash = next), hash);

/** Ten million lines, about a gigabyte: opened for the first time by the window, jumped about in, and searched. */
export const bigLog: UiRow = {
  name: 'big log',
  async run({ page, docker }, quick) {
    const lines = quick ? 1_000_000 : 10_000_000;
    const script = `yes '${line}' | head -n ${lines - 2}; echo 'ERROR upstream timeout after 2000 ms'; echo 'INFO the end'`;
    await docker.run(['run', '-d', '--name', 'big', image, 'sh', '-c', script]);
    await docker.text('wait', 'big');
    await goTo(page, '#/containers');
    await page.getByText('big', { exact: true }).first().waitFor();
    const total = lines.toLocaleString('en-GB');
    const open = await timed(page, () => goTo(page, '#/containers/big/logs'), { selector: '.log', text: 'the end' });
    await page.locator('.log-foot').getByText(total).waitFor();
    const size = await page.locator('.log-foot__kept').first().textContent();
    const search = async (pattern: string): Promise<number> => {
      await page.getByRole('searchbox').fill('');
      await page.locator('.filter-field__note').waitFor({ state: 'detached' });
      return timed(page, () => page.getByRole('searchbox').fill(pattern), { selector: '.filter-field__note', text: 'line' });
    };
    // Before the errors have been counted, and again after it.
    const cold = await search('upstream');
    await page.getByText('errors counted').waitFor({ state: 'detached', timeout: 120_000 });
    const warm = await search('timeout');
    const jumps: number[] = [];
    for (const share of [0.1, 0.9, 0.35, 0.6]) {
      jumps.push(
        await page.evaluate(async (to) => {
          const scroller = document.querySelector('.log__scroll')!;
          const began = performance.now();
          scroller.scrollTop = (scroller.scrollHeight - scroller.clientHeight) * to;
          do await new Promise((resolve) => requestAnimationFrame(resolve));
          while (document.querySelector('.log-line--unread') !== null || performance.now() - began < 34);
          return performance.now() - began;
        }, share),
      );
    }
    await docker.run(['rm', '-f', 'big']);
    return [
      { name: `${total} lines: open`, value: open, unit: 'ms', goal: 1000, note: size ?? '' },
      { name: 'search, while errors are counted', value: cold, unit: 'ms', goal: 2000, note: size ?? '' },
      { name: 'search, nothing else going on', value: warm, unit: 'ms', goal: 2000 },
      { name: 'jump to anywhere', value: Math.max(...jumps), unit: 'ms', goal: 200, note: 'slowest of 4; no goal of the issue' },
    ];
  },
};

/** A container that writes 40,000 lines a second while the window follows it. */
export const follow: UiRow = {
  name: 'follow',
  async run({ page, docker }, quick): Promise<Measure[]> {
    const seconds = quick ? 3 : 10;
    const perSecond = 40_000;
    // A batch every tenth of a second, whatever the machine does meanwhile: the rate is that of the clock.
    const script = `read go; i=0; while [ $i -lt ${seconds * 10} ]; do seq $((i * ${perSecond / 10} + 1)) $(((i + 1) * ${perSecond / 10})); i=$((i + 1)); sleep 0.1; done`;
    await docker.run(['run', '-d', '-i', '--name', 'fast', image, 'sh', '-c', script]);
    await goTo(page, '#/containers');
    await page.getByText('fast', { exact: true }).first().waitFor();
    await goTo(page, '#/containers/fast/logs');
    await page.getByText('It has written nothing yet.').waitFor();
    await countFrames(page);
    const began = performance.now();
    const attach = docker.run(['attach', '--sig-proxy=false', 'fast'], { input: 'go\n', mayFail: true });
    await docker.text('wait', 'fast');
    const wrote = (performance.now() - began) / 1000;
    await attach;
    const total = seconds * perSecond;
    const last = await timed(page, async () => undefined, { selector: '.log__scroll', text: String(total) });
    const shown = Number(((await page.locator('.log-foot strong').first().textContent()) ?? '').replace(/\D/g, ''));
    const frames = await framesSoFar(page);
    await docker.run(['rm', '-f', 'fast']);
    return [
      { name: `follow ${Math.round(total / wrote).toLocaleString('en-GB')} lines/s: lines lost`, value: total - shown, unit: 'lines', goal: 0, note: `${total.toLocaleString('en-GB')} written in ${wrote.toFixed(1)} s` },
      { name: 'last line shown after the container ended', value: last, unit: 'ms', goal: 500, note: 'no goal of the issue' },
      { name: `frames over ${longFrame} ms meanwhile`, value: frames.filter((each) => each > longFrame).length, unit: `of ${frames.length}`, goal: 0, note: `slowest ${Math.round(Math.max(...frames))} ms; no goal of the issue` },
    ];
  },
};
