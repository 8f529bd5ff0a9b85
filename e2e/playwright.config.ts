import { defineConfig } from '@playwright/test';

/**
 * One project per launcher. Two workers take the spec files in turn, each in a network of its own; what a worker needs, a VM or a native
 * engine, it starts once for all its files. Specs that break things on purpose start a home of their own.
 */
export default defineConfig({
  testDir: './specs',
  outputDir: '../.cache/e2e-results',
  workers: 2,
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
