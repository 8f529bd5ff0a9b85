import type { Server } from 'node:http';
import type { Route } from './api/router.ts';
import { pingRoutes } from './api/routes/ping-routes.ts';
import { createApiServer } from './api/server.ts';
import type { EngineConfig } from './config.ts';
import { startGuestChannel, type GuestChannel } from './guest/guest-channel.ts';
import type { LookupPort } from './guest/serve-stream.ts';
import { CarriedConnections } from './network/ports/carried-connections.ts';

/**
 * What is there before the rest of the engine is: the API's server, which answers `/_ping` and lets other requests wait, and in a VM the guest
 * channel. Small, because a host that waits for its VM waits for this, and under emulation each line that is read and run counts.
 */
export class Door {
  readonly server: Server;
  /** Connections to published ports, which come through the guest channel in a VM. */
  readonly carried = new CarriedConnections();
  readonly #config: EngineConfig;
  readonly #log: (line: string) => void;
  readonly #routes = Promise.withResolvers<readonly Route[]>();
  #ready: Promise<void> | undefined;
  #lookupPort: LookupPort = () => null;
  #guest: GuestChannel | null = null;

  constructor(config: EngineConfig, log: (line: string) => void) {
    this.#config = config;
    this.#log = log;
    this.server = createApiServer({ log, routes: pingRoutes(() => this.#ready), complete: this.#routes.promise });
    this.openChannel();
  }

  /** null outside a VM. */
  get guest(): GuestChannel | null {
    return this.#guest;
  }

  /** Opens the guest channel with the key that its file holds now. Nobody is answered before `ready`. */
  openChannel(ready?: Promise<void>): void {
    this.#ready = ready;
    const { guestPorts, guestKeyFile } = this.#config;
    if (guestPorts.length === 0 || guestKeyFile === undefined) return;
    this.#guest = startGuestChannel({
      ports: guestPorts,
      keyFile: guestKeyFile,
      server: this.server,
      publishedPorts: { lookup: (protocol, hostIp, hostPort) => this.#lookupPort(protocol, hostIp, hostPort), carried: this.carried },
      log: this.#log,
    });
  }

  closeChannel(): void {
    this.#guest?.close();
    this.#guest = null;
  }

  /** From now on published ports lead to containers. */
  connectPorts(lookupPort: LookupPort): void {
    this.#lookupPort = lookupPort;
  }

  /** From now on everything is answered. */
  open(routes: readonly Route[]): void {
    this.#routes.resolve(routes);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
    this.closeChannel();
  }
}
