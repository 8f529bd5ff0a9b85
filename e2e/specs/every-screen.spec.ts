import type { Page } from '@playwright/test';
import { axeFindings } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/app.ts';
import { haveHello } from '../fixtures/images.ts';
import { SlipwayWindow } from '../pages/slipway-window.ts';

const hostile = '"><img src=x onerror=alert(1)><b class=stranger>bold</b>\u202egnp.exe';
const esc = '\\033';
/** Markup, colours that never end, a link that names one address and leads to another, and text that turns around. */
const output = `${esc}[31m<script>alert(2)</script><img src=x onerror=alert(3)> ${esc}]8;;javascript:alert(4)${esc}\\\\click${esc}]8;;${esc}\\\\`;
const fileName = '<img src=x onerror=alert(5)>.txt';

interface Look {
  language: 'en' | 'de';
  theme: 'dark' | 'light';
  /** Half of 1440 × 900: what 200 % zoom leaves. */
  isZoomed: boolean;
}
/** Each theme, language and width once; `npm run e2e:full` goes through more of their combinations. */
const looks: Look[] = [
  { language: 'en', theme: 'dark', isZoomed: false },
  { language: 'de', theme: 'light', isZoomed: true },
  ...(process.env['SLIPWAY_E2E_FULL'] === undefined
    ? []
    : ([
        { language: 'en', theme: 'light', isZoomed: true },
        { language: 'de', theme: 'light', isZoomed: false },
        { language: 'de', theme: 'dark', isZoomed: true },
        { language: 'en', theme: 'light', isZoomed: false },
      ] as const)),
];
const tabs = ['overview', 'logs', 'terminal', 'files', 'stats', 'processes', 'changes', 'inspect'];

/** Every place of the window beside names, labels, output and files of a stranger. */
test('every screen can be read by everybody, and believes no stranger', async ({ nativeApp: { page }, nativeEngine: { docker } }) => {
  test.setTimeout(240_000);
  const troubles: string[] = [];
  const onDialog = (dialog: { message(): string; dismiss(): Promise<void> }): void => {
    troubles.push(`a script of a stranger ran: ${dialog.message()}`);
    void dialog.dismiss();
  };
  const onConsole = (message: { type(): string; text(): string }): void => {
    if (message.type() === 'error') troubles.push(message.text());
  };
  page.on('dialog', onDialog);
  page.on('console', onConsole);
  await haveHello(docker);
  const script = `mkdir -p /data; echo mine > "/data/$NAME"; printf '${output}\\n'; exec httpd -f -p 80 -h /www`;
  const id = await docker.text(
    ...['run', '-d', '--name', 'stranger', '-p', '0:80', '-v', 'strange-data:/data', '-e', `NAME=${fileName}`, '-e', `X=${hostile}`],
    ...['--label', `com.docker.compose.project=${hostile}`, '--label', `${hostile.replaceAll(' ', '/')}=${hostile}`, 'slipway/hello', 'sh', '-c', script],
  );
  await docker.run(['network', 'create', '--label', `com.docker.compose.project=${hostile}`, '--label', `x=${hostile}`, 'strange-net']);
  await docker.run(['network', 'connect', 'strange-net', 'stranger']);

  try {
    const links = await page.locator('aside nav a').evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    expect(links).toEqual(expect.arrayContaining(['#/home', '#/containers', '#/images', '#/volumes', '#/networks', '#/logs', '#/stats', '#/disk', '#/settings', '#/troubleshoot']));
    const places = [
      ...links,
      '#/run?image=slipway/hello',
      ...tabs.map((tab) => `#/containers/${id}/${tab}`),
      '#/images/slipway%2Fhello/layers',
      '#/volumes/strange-data/files',
      '#/volumes/strange-data/overview',
      '#/networks/strange-net',
    ];
    for (const look of looks) {
      await wear(page, look);
      for (const place of places) troubles.push(...(await visit(page, place, look)));
    }
    expect(troubles).toEqual([]);
  } finally {
    page.off('dialog', onDialog);
    page.off('console', onConsole);
    await wear(page, { language: 'en', theme: 'dark', isZoomed: false });
    await docker.run(['rm', '-f', 'stranger']);
    await docker.run(['volume', 'rm', 'strange-data']);
    await docker.run(['network', 'rm', 'strange-net']);
  }
});

async function wear(page: Page, { language, theme, isZoomed }: Look): Promise<void> {
  await page.setViewportSize(isZoomed ? { width: 720, height: 450 } : { width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await page.locator(`[data-theme=${theme}]`).waitFor({ state: 'attached' });
  await new SlipwayWindow(page).visit('#/settings');
  await page.getByRole('button', { name: language === 'de' ? 'Deutsch' : 'English', exact: true }).click();
  await page.locator(`html[lang=${language}]`).waitFor({ state: 'attached' });
}

async function visit(page: Page, place: string, look: Look): Promise<string[]> {
  await new SlipwayWindow(page).visit(place);
  const at = `${place} ${look.language} ${look.theme}${look.isZoomed ? ' zoomed' : ''}`;
  const findings = await axeFindings(page);
  const seen = await page.evaluate(() => ({
    tooWide: document.documentElement.scrollWidth - innerWidth,
    strange: document.querySelectorAll('img[src="x"], .stranger, a[href^="javascript:" i]').length,
    // What the catalogue would answer for a string that it has not.
    keys: document.body.innerText.match(/\b[a-z][a-z-]+:[a-z]\w*(?:\.\w+)+\b/g) ?? [],
  }));
  return [
    ...findings.map((finding) => `${at}: axe ${finding}`),
    ...(seen.tooWide > 0 ? [`${at}: ${seen.tooWide} px too wide`] : []),
    ...(seen.strange > 0 ? [`${at}: ${seen.strange} elements of a stranger`] : []),
    ...seen.keys.map((key) => `${at}: ${key} is no text`),
  ];
}
