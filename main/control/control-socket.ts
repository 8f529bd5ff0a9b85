import { createServer, type Socket } from 'node:net';
import type { AppFacts } from '../../contract/ipc.ts';
import { Failure, toIpcError } from '../failure.ts';
import { bindSocket } from '../host-socket/bind-socket.ts';
import type { Vm } from '../vm/vm.ts';
import { longestWish, parseWish, type ControlAnswer, type ControlWish } from './control-protocol.ts';

/** What a shell does for those who ask from outside. */
export interface ControlDesk {
  /** Shows a window, or makes the address of one. */
  openWindow(): Promise<{ url?: string }>;
  /** Stops the VM and ends this process, as closing the window does. */
  quit(): void;
}

/**
 * Takes wishes of this user's other programs, one line each, on a socket that only this user reaches. Whoever is connected hears of the VM until
 * the very end of {@link close}.
 * @throws Failure as `bindSocket`.
 */
export async function listenControl(path: string, services: { desk: ControlDesk; vm: Vm; facts: AppFacts }): Promise<{ close(): Promise<void> }> {
  const connected = new Set<Socket>();
  const server = createServer((client) => {
    connected.add(client);
    client.on('close', () => connected.delete(client));
    client.on('error', () => client.destroy());
    let text = '';
    const read = (chunk: string): void => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end === -1 && text.length <= longestWish) return;
      client.off('data', read);
      client.resume();
      void grant(client, end === -1 ? undefined : parseWish(text.slice(0, end)), services);
    };
    client.setEncoding('utf8').on('data', read);
  });
  await bindSocket(server, path, 'control socket');
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of connected) client.end();
      }),
  };
}

async function grant(client: Socket, wish: ControlWish | undefined, { desk, vm, facts }: { desk: ControlDesk; vm: Vm; facts: AppFacts }): Promise<void> {
  const tell = (answer: ControlAnswer): void => {
    if (client.writable) client.write(`${JSON.stringify(answer)}\n`);
  };
  const watch = (): void => {
    const state = (): void => tell({ type: 'state', state: vm.state, facts, pid: process.pid });
    client.on('close', vm.onState(state));
    state();
  };
  try {
    switch (wish) {
      case 'watch':
        return watch();
      case 'start': {
        // Asked first: the state that is told next is one of this start.
        const started = vm.start();
        started.catch(() => undefined);
        return watch();
      }
      case 'quit':
        watch();
        return desk.quit();
      case 'open':
        tell({ type: 'opened', ...(await desk.openWindow()) });
        client.end();
        return;
      case undefined:
        throw new Failure('invalid', 'This is no wish that this Slipway knows.', { hint: 'The slipway command and the app that runs are of different versions: stop the app, and start it again.' });
    }
  } catch (error) {
    tell({ type: 'error', error: toIpcError(error) });
    client.end();
  }
}
