import type { ChildProcess } from 'node:child_process';
import type { Api } from '../client/api.ts';
import { eachOf } from '../client/containers.ts';
import { end, endOthers } from './end.ts';
import { processesBeside } from './processes.ts';

/** Removes what a row that failed has left, then ends the engine and what stays behind of it: shims, monitors. */
export async function stopEngine(child: ChildProcess, api: Api): Promise<void> {
  await removeContainers(api).catch(() => undefined);
  api.close();
  const pid = child.pid ?? 0;
  const others = processesBeside(pid).filter((one) => one !== pid);
  await end(child);
  await endOthers(others);
}

async function removeContainers(api: Api): Promise<void> {
  const containers = await api.json<{ Id: string }[]>('GET', '/containers/json?all=1');
  await eachOf(containers, 4, async ({ Id }) => void (await api.request('DELETE', `/containers/${Id}?force=1&v=1`)));
}
