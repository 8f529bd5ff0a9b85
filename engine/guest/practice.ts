import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import type { EngineConfig } from '../config.ts';
import { messageOf } from '../errors.ts';

/** An engine that was started for practice. */
export interface Practised {
  /** Its API's server. */
  server: Server;
  close(): Promise<void>;
}

/** What clients ask for first: the CLI's greeting and lists, and the window's. */
const firstRequests = ['/_ping', '/version', '/info', '/v1.47/containers/json?all=1', '/v1.47/images/json', '/v1.47/networks', '/v1.47/volumes', '/slipway', '/slipway/stats', '/events?since=0&until=1'];

/**
 * Starts an engine on an empty root in memory, asks it what clients ask for first, and ends it. The functions of such a start have been compiled then, and
 * their files and programs are in memory: a machine that is kept after it, and restored, translates neither compiler nor parser, which is most
 * of what a first start makes an emulated processor do.
 *
 * It leaves nothing behind: no file, bridge, rule or timer. A practice that fails costs only its use.
 *
 * @param start as for the real one, on the given root and without the guest channel
 */
export async function practise(config: EngineConfig, start: (config: EngineConfig) => Promise<Practised>, log: (line: string) => void): Promise<void> {
  const root = join(config.execRoot, 'practice');
  const other = { ...config, root, socket: join(root, 'docker.sock') };
  delete other.guestKeyFile;
  delete other.builtinImages;
  try {
    await mkdir(root, { recursive: true, mode: 0o710 });
    const engine = await start(other);
    try {
      for (const path of firstRequests) await ask(engine.server, path);
    } finally {
      await engine.close();
    }
  } catch (error) {
    log(`practice: ${messageOf(error)}`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Over a stream as those of the guest channel are. Answers once the connection is closed. */
async function ask(server: Server, path: string): Promise<void> {
  const [client, served] = duplexPair();
  server.emit('connection', served);
  client.write(`GET ${path} HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n`);
  client.resume();
  await once(client, 'end');
  client.destroy();
}
