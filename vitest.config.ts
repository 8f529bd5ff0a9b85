import { defineConfig } from 'vitest/config';

/** Real processes, namespaces and VMs on a shared machine: one more try where nobody watches, and the report says so. */
const retry = process.env['CI'] === undefined ? 0 : 1;

/**
 * Four projects: `unit` runs anywhere in seconds; `vm` boots QEMU; `oracle` compares with a real dockerd; `engine` (`*.engine.test.ts`) needs Linux, root, crun and nft and makes
 * real namespaces, mounts and containers. `scripts/test.mjs` runs both, `npm run check` the first.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Property tests on a shared two-core machine; a hang is still found, only later.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          // Vitest leaves one processor of two to itself.
          maxWorkers: '100%',
          include: ['{bench,contract,engine,main,renderer,scripts,vm-assets}/**/*.test.{ts,tsx,mjs}'],
          exclude: ['**/*.engine.test.ts', '**/*.oracle.test.ts', '**/*.vm.test.{ts,mjs}', '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'engine',
          retry,
          include: ['{engine,main}/**/*.engine.test.ts'],
          // Forked processes, which live in the mount namespace that the set-up makes.
          pool: 'forks',
          globalSetup: ['engine/testing/engine-setup.ts'],
          // Files run two at a time, each in a network of its own: they mostly wait.
          setupFiles: ['engine/testing/own-network.ts'],
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          // Not a part of `npm test`: needs a real dockerd beside this engine. `npm run test:oracle`.
          name: 'oracle',
          include: ['engine/acceptance/oracle/**/*.oracle.test.ts'],
          pool: 'forks',
          globalSetup: ['engine/testing/engine-setup.ts'],
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          // Not a part of `npm test`: minutes of kills under load, leaks over thousands of containers. `npm run test:torture`.
          name: 'torture',
          include: ['engine/acceptance/torture/**/*.torture.ts'],
          pool: 'forks',
          globalSetup: ['engine/testing/engine-setup.ts'],
          fileParallelism: false,
        },
      },
      {
        test: {
          // Not a part of `npm test`: several minutes of one VM. `npm run test:vm:full`.
          name: 'vm-full',
          include: ['main/**/*.vm-full.ts'],
          pool: 'forks',
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          // Not a part of `npm test`: an hour of load, suspend and resume. `npm run test:vm:soak`.
          name: 'soak',
          include: ['main/**/*.soak.ts'],
          pool: 'forks',
        },
      },
      {
        test: {
          name: 'vm',
          retry,
          include: ['{main,vm-assets}/**/*.vm.test.{ts,mjs}'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // Two virtual machines at a time: a guest that boots uses little more than one processor.
          pool: 'forks',
          setupFiles: ['engine/testing/own-network.ts'],
          maxWorkers: 2,
        },
      },
    ],
  },
});
