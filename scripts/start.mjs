// npm start: from a clone to the window, doing only what is not done yet. Plain JavaScript, because nothing is installed before.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureHostTools } from './setup/host-tools.mjs';
import { ensureNpmDependencies } from './setup/npm-dependencies.mjs';
import { step } from './setup/progress.mjs';

const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Path of Electron's binary, downloaded if that is possible, or the reason why the web shell is used instead.
 * @returns {{ binary: string } | { reason: string }}
 */
function findElectron(node, environment) {
  if (process.env.SLIPWAY_SHELL === 'web') return { reason: 'SLIPWAY_SHELL=web asks for it' };
  if (process.platform === 'linux') {
    if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return { reason: 'there is no display for an Electron window' };
    if (process.getuid?.() === 0) return { reason: "Electron's sandbox does not run as root" };
  }
  const folder = join(projectRoot, 'node_modules/electron');
  const installed = () => {
    const pathFile = join(folder, 'path.txt');
    const binary = existsSync(pathFile) ? join(folder, 'dist', readFileSync(pathFile, 'utf8').trim()) : '';
    return binary !== '' && existsSync(binary) ? binary : undefined;
  };
  if (installed() === undefined) {
    step('Downloading Electron');
    spawnSync(node, [join(folder, 'install.js')], { stdio: ['ignore', 'inherit', 'pipe'], env: environment, timeout: 300_000 });
  }
  const binary = installed();
  return binary === undefined ? { reason: "Electron's binary could not be downloaded" } : { binary };
}

async function main() {
  ensureNpmDependencies();
  // These modules need nothing installed, but pinnedNode() looks for what npm has just brought.
  const { pinnedEnvironment, pinnedNode } = await import('./node-path.mjs');
  const { ensureOutputs, ensureVmImage } = await import('./setup/outputs.mjs');
  const usesVm = !process.argv.includes('--engine-socket');
  if (usesVm) ensureHostTools('start');
  ensureOutputs(usesVm ? ['engine', 'renderer'] : ['renderer']);
  if (usesVm) ensureVmImage();

  const node = pinnedNode();
  const environment = pinnedEnvironment();
  const electron = findElectron(node, environment);
  let command;
  if ('binary' in electron) {
    ensureOutputs(['electron']);
    step('Opening Slipway');
    command = [electron.binary, [projectRoot, ...process.argv.slice(2)]];
  } else {
    step(`Opening Slipway in the browser: ${electron.reason}`);
    command = [node, [join(projectRoot, 'main/web/main.ts'), ...process.argv.slice(2)]];
  }
  const child = spawn(command[0], command[1], { cwd: projectRoot, stdio: 'inherit', env: environment });
  // A terminal sends Ctrl-C to the whole group, so the child has it already; a signal to this process alone is passed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`Slipway could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 1;
  });
}

main().catch((error) => {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
});
