import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron } from '@playwright/test';
import { projectRoot } from './app-process.ts';
import type { Launcher } from './launcher.ts';

function binary(): string | undefined {
  const folder = join(projectRoot, 'node_modules/electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const path = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(path) ? path : undefined;
}

/** The real Electron shell, wherever its binary has been downloaded. */
export const electronLauncher: Launcher = {
  name: 'electron',
  unavailable: () => (binary() === undefined ? "Electron's binary is not on this machine" : undefined),
  async launch({ home, engineSocket, environment = {} }) {
    const app = await _electron.launch({
      executablePath: binary(),
      args: [projectRoot, '--home', home, ...(engineSocket === undefined ? [] : ['--engine-socket', engineSocket])],
      env: { ...(process.env as Record<string, string>), ...environment },
    });
    const page = await app.firstWindow();
    return {
      page,
      dockerHost: `unix://${join(home, 'run/docker.sock')}`,
      pid: app.process().pid ?? 0,
      close: () => app.close(),
    };
  },
};
