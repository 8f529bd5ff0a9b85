import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ForwardedConnections } from '../../network-guard/forwarded-connections.ts';
import { openForwarded } from './forwarded-socket.ts';

/** slirp listens with a backlog of 1, and takes one connection in each turn of its loop: a third that knocks meanwhile is heard a second later. */
const mostKnocking = 2;
/** Listeners for one port of the guest; each takes its connections beside the others. */
const mostForwards = 8;
/** Ports of the guest with listeners: QEMU looks at each of them in every turn of its loop. */
const mostLanes = 32;
/** The guest's, which it gives itself (vm-assets/rootfs, network). */
const guestAddress = '10.0.2.15';
/** How long the listeners of a port wait for its next connection. */
const idleMs = 30_000;

export interface ForwardsOptions {
  /** A line for QEMU's human monitor. @returns what it printed: nothing when it did as it was told */
  monitor(line: string): Promise<string>;
  connections: ForwardedConnections;
}

interface Forward {
  /** On this computer's loopback. */
  port: number;
  knocking: number;
}

interface Lane {
  guestPort: number;
  forwards: Forward[];
  adding: number;
  waiting: PromiseWithResolvers<Forward>[];
  idle: NodeJS.Timeout | undefined;
}

/**
 * Connections to ports of the guest's network card, by forwards of QEMU's user network that are there as long as they are in use. Such a listener is of no use to
 * anybody else on this computer: the guard lets the guest answer this app's connections alone.
 */
export class Forwards {
  readonly #options: ForwardsOptions;
  /** The one that was used last is the last. */
  readonly #lanes = new Map<number, Lane>();

  constructor(options: ForwardsOptions) {
    this.#options = options;
  }

  /** Resolves once the guest took the connection. @throws RefusedByGuestError, or Error when there is no way in */
  async dial(guestPort: number): Promise<Duplex> {
    const lane = this.#lane(guestPort);
    const forward = await this.#turn(lane);
    return openForwarded(forward.port, this.#options.connections, () => this.#knocked(lane, forward));
  }

  #lane(guestPort: number): Lane {
    const lane = this.#lanes.get(guestPort) ?? { guestPort, forwards: [], adding: 0, waiting: [], idle: undefined };
    clearTimeout(lane.idle);
    this.#lanes.delete(guestPort);
    this.#lanes.set(guestPort, lane);
    if (this.#lanes.size > mostLanes) {
      const unused = [...this.#lanes.values()].find((other) => other !== lane && isQuiet(other));
      if (unused !== undefined) this.#remove(unused);
    }
    return lane;
  }

  async #turn(lane: Lane): Promise<Forward> {
    const free = lane.forwards.find(({ knocking }) => knocking < mostKnocking);
    if (free !== undefined) {
      free.knocking += 1;
      return free;
    }
    if (lane.forwards.length + lane.adding < mostForwards) return this.#add(lane);
    const turn = Promise.withResolvers<Forward>();
    lane.waiting.push(turn);
    return turn.promise;
  }

  async #add(lane: Lane): Promise<Forward> {
    lane.adding += 1;
    try {
      const forward = { port: await this.#listen(lane.guestPort), knocking: 1 };
      lane.forwards.push(forward);
      // There is room for one more at once.
      for (const turn of lane.waiting.splice(0, mostKnocking - forward.knocking)) {
        forward.knocking += 1;
        turn.resolve(forward);
      }
      return forward;
    } catch (error) {
      if (lane.forwards.length === 0 && lane.adding === 1) for (const turn of lane.waiting.splice(0)) turn.reject(error);
      throw error;
    } finally {
      lane.adding -= 1;
      this.#rest(lane);
    }
  }

  #knocked(lane: Lane, forward: Forward): void {
    const next = lane.waiting.shift();
    if (next !== undefined) return next.resolve(forward);
    forward.knocking -= 1;
    this.#rest(lane);
  }

  #rest(lane: Lane): void {
    clearTimeout(lane.idle);
    if (isQuiet(lane)) lane.idle = setTimeout(() => this.#remove(lane), idleMs).unref();
  }

  /** Connections that are open stay so. */
  #remove(lane: Lane): void {
    clearTimeout(lane.idle);
    if (this.#lanes.get(lane.guestPort) === lane) this.#lanes.delete(lane.guestPort);
    // A VM that ended has none any more.
    for (const { port } of lane.forwards.splice(0)) this.#options.monitor(`hostfwd_remove net0 tcp:127.0.0.1:${port}`).catch(() => undefined);
  }

  async #listen(guestPort: number): Promise<number> {
    for (let tries = 0; ; tries += 1) {
      const port = await unusedPort();
      const complaint = (await this.#options.monitor(`hostfwd_add net0 tcp:127.0.0.1:${port}-${guestAddress}:${guestPort}`)).trim();
      if (complaint === '') return port;
      // Somebody may have been quicker.
      if (tries === 2) throw new Error(`QEMU forwards no port: ${complaint}`);
    }
  }
}

function isQuiet({ adding, waiting, forwards }: Lane): boolean {
  return adding === 0 && waiting.length === 0 && forwards.every(({ knocking }) => knocking === 0);
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen({ port: 0, host: '127.0.0.1', exclusive: true });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
