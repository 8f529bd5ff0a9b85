// npm run e2e [-- --full] [-- FILTER …]: the e2e specs in Chromium, through every launcher that can run here.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pinnedEnvironment, pinnedNode, projectRoot } from './node-path.mjs';
import { ensureHostTools } from './setup/host-tools.mjs';
import { ensureOutputs, ensureVmImage } from './setup/outputs.mjs';

ensureHostTools('test');
ensureOutputs(['engine', 'electron', 'renderer']);
ensureVmImage();
const full = process.argv.includes('--full');
const args = process.argv.slice(2).filter((argument) => argument !== '--full');
const child = spawn(pinnedNode(), [join(projectRoot, 'node_modules/@playwright/test/cli.js'), 'test', '--config', 'e2e/playwright.config.ts', ...args], {
  cwd: projectRoot,
  stdio: 'inherit',
  env: pinnedEnvironment(full ? { SLIPWAY_E2E_FULL: '1' } : {}),
});
child.on('exit', (code) => (process.exitCode = code ?? 1));
