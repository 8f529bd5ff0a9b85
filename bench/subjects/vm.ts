import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
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
    const { dockerHost } = await readyLine(child);
    const socket = dockerHost.replace('unix://', '');
    const api = new Api(socket);
    // Its socket takes connections at once; the answer comes when the virtual machine has come up.
    const { Version: version } = await api.json<{ Version: string }>('GET', '/version');
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
  } catch (error) {
    await end(child);
    throw error;
  }
}

/** Goes on reading what it says after that. */
function readyLine(child: ChildProcessByStdio<null, Readable, null>): Promise<{ dockerHost: string }> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith(ready)) resolve(JSON.parse(line.slice(ready.length)) as { dockerHost: string });
    });
    child.once('exit', () => reject(new Error('the app ended before its virtual machine was ready')));
  });
}
