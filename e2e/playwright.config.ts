import { defineConfig } from '@playwright/test';

/**
 * One project per launcher. One worker: what it needs, a VM or a native engine, it starts once for all its files. Two at a time were slower (360 s instead of
 * 310 on two processors): each had a VM of its own, and an emulated one that must share its processors starts three times slower. Specs that break things on
 * purpose start a home of their own.
 */
export default defineConfig({
  testDir: './specs',
  outputDir: '../.cache/e2e-results',
  workers: 1,
  fullyParallel: false,
  // A shared machine: one more try where nobody watches; what needed it is reported as flaky.
  retries: process.env['CI'] === undefined ? 0 : 1,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'] ?? '../.cache/reports/e2e.json' }]],
  projects: [
    { name: 'web', metadata: { launcher: 'web' } },
    { name: 'electron', metadata: { launcher: 'electron' }, testMatch: ['chain.spec.ts'] },
    { name: 'electron-double', metadata: { launcher: 'electron-double' }, testMatch: ['chain.spec.ts', 'isolation.spec.ts', 'tray.spec.ts'] },
  ],
});
