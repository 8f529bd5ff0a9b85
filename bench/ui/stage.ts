import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { DockerCli } from '../../e2e/fixtures/docker-cli.ts';
import { startNativeEngine } from '../../e2e/fixtures/native-engine.ts';
import { webLauncher } from '../../e2e/launchers/web.ts';
import { Api } from '../client/api.ts';
import { makeBusyboxRootfs } from '../material/busybox.ts';
import { writeArchive } from '../material/docker-archive.ts';

/** The real window in the real browser on the native engine, with an image to run. Everything of it goes with it. */
export interface Stage {
  page: Page;
  docker: DockerCli;
  api: Api;
  /** Of the process that serves the window. */
  pid: number;
  close(): Promise<void>;
}

export const image = 'bench/busybox:1';

export async function openStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-ui-'));
  const engine = await startNativeEngine();
  const app = await webLauncher.launch({ home: join(folder, 'home'), engineSocket: engine.socket });
  makeBusyboxRootfs(join(folder, 'rootfs'));
  await writeArchive(folder, join(folder, 'rootfs'), join(folder, 'image.tar'), image, { Env: ['PATH=/bin'], Cmd: ['sh'] });
  await engine.docker.run(['load', '-i', join(folder, 'image.tar')]);
  const api = new Api(engine.socket);
  return {
    page: app.page,
    docker: engine.docker,
    api,
    pid: app.pid,
    async close() {
      api.close();
      await app.close();
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
