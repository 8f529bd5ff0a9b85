import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Api } from '../client/api.ts';
import type { Engine } from '../row.ts';
import { end } from './end.ts';
import { projectRoot } from './project.ts';

const ready = 'SLIPWAY_READY ';

/** Our engine in its virtual machine, as `npm run web` boots it; its API by the socket on this host. */
export async function startVm(directory: string): Promise<Engine> {
  if (!existsSync(join(projectRoot, 'vm-assets/out'))) throw new Error('the image of the virtual machine is not built: npm run vm:image');
  const child = spawn(process.execPath, [join(projectRoot, 'main/web/main.ts'), '--no-open', '--port', '0', '--home', directory], {
    cwd: projectRoot,
    env: { ...process.env, SLIPWAY_LAUNCHER: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith(ready)) continue;
      const { dockerHost } = JSON.parse(line.slice(ready.length)) as { dockerHost: string };
      const socket = dockerHost.replace('unix://', '');
      const api = new Api(socket);
      const { Version: version } = await api.json<{ Version: string }>('GET', '/version');
      child.stdout.resume();
      return {
        name: 'slipway',
        version,
        socket,
        api,
        processes: () => undefined,
        inNetwork: () => undefined,
        async stop() {
          api.close();
          const exited = once(child, 'exit');
          child.kill('SIGINT');
          await exited;
        },
      };
    }
    throw new Error('the app ended before its virtual machine was ready');
  } catch (error) {
    await end(child);
    throw error;
  }
}
