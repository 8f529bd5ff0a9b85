import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { end } from './end.ts';

export interface BareServer {
  socket: string;
  stop(): Promise<void>;
}

/** A process that sends the same bytes to the same client as an engine, and does nothing for it: no engine on node:http is faster. */
export async function startBareServer(directory: string, bytes: Uint8Array): Promise<BareServer> {
  const folder = mkdtempSync(join(directory, 'bare-'));
  const [socket, file] = [join(folder, 'sock'), join(folder, 'answer')];
  writeFileSync(file, bytes);
  const child = fork(join(import.meta.dirname, 'bare-server-program.ts'), [socket, file], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const answer = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => null)]);
    if (answer === null) throw new Error('the bare server ended before it listened');
    return { socket, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
