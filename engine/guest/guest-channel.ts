import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ChannelCrypto } from '../../contract/channel/handshake.ts';
import type { HostPorts } from '../network/host-ports.ts';
import { GuestPort } from './guest-port.ts';
import { HostClient } from './host-client.ts';
import { openPortDevice } from './port-device.ts';
import { serveStream, type PublishedPorts } from './serve-stream.ts';
import { openVsockPort, vsockPrefix } from './vsock-port.ts';

export interface GuestChannelOptions {
  /** `config.guestPorts`: paths of virtio-serial devices, or `vsock:PORT`. */
  ports: string[];
  /** `config.guestKeyFile`: 32 bytes. Read for each handshake, as a machine that was suspended goes on with another key. */
  keyFile: string;
  /** The engine's API server; every `api` stream is handed to it as a connection. */
  server: Server;
  /** Where in this guest a published port is answered: the container's address; null when nobody has it. */
  publishedPorts: PublishedPorts;
  log?(line: string): void;
  /** Stands in for the device in tests. */
  openDevice?(path: string): Duplex;
}

export interface GuestChannel {
  /** Reserves ports of the host; the network controller's {@link HostPorts} in a VM. */
  hostPorts: HostPorts;
  /** See `HostClient.findFolder`. */
  findFolder(path: string, create: boolean): Promise<string>;
  /**
   * To be called once the network is restored after an engine start: ports that an earlier engine reserved and this one
   * did not reserve again are released by the host. Before that the host keeps them, so that a restart interrupts nothing.
   */
  restored(): void;
  close(): void;
}

/**
 * Serves the guest side of the channel until closed. Returns at once: the host connects when it likes, and again after
 * it went away. @throws Error when the key file or a port device is missing.
 */
export function startGuestChannel(options: GuestChannelOptions): GuestChannel {
  const { server, publishedPorts, log = () => undefined, openDevice = openPort } = options;
  const crypto = guestCrypto(options.keyFile);
  for (const path of options.ports) {
    if (openDevice === openPort && !path.startsWith(vsockPrefix) && !existsSync(path)) throw new Error(`guest channel: ${path} is missing; does QEMU have a virtserialport of that name?`);
  }
  const client = new HostClient();
  const ports: GuestPort[] = options.ports.map(
    (path) =>
      new GuestPort({
        path,
        crypto,
        openDevice,
        log,
        onStream: (stream, target) => serveStream(stream, target, server, publishedPorts),
        onSession: (session) => client.attach(session),
        onDown: (reason) => {
          log(`guest channel ${path}: ${reason}`);
          // The stream of requests may have gone down with this port; another port that lives takes it over. Not in this
          // turn: the stream's own close has to come first.
          setImmediate(() => {
            const living = ports.find((port) => port.session !== null)?.session;
            if (living != null) client.attach(living);
          });
        },
      }),
  );
  return {
    hostPorts: client,
    findFolder: (path, create) => client.findFolder(path, create),
    restored: () => client.synchronise(),
    close: () => {
      for (const port of ports) port.close();
    },
  };
}

const openPort = (path: string): Duplex => (path.startsWith(vsockPrefix) ? openVsockPort(path) : openPortDevice(path));

/** @param keyFile read for each handshake */
export function guestCrypto(keyFile: string): ChannelCrypto {
  const readKey = () => {
    const key = readFileSync(keyFile);
    if (key.length !== 32) throw new Error(`guest channel: the key in ${keyFile} has ${key.length} bytes, not 32`);
    return key;
  };
  readKey();
  return {
    hmac: (parts) => {
      const hmac = createHmac('sha256', readKey());
      for (const part of parts) hmac.update(part);
      return hmac.digest();
    },
    nonce: () => randomBytes(32),
  };
}
