import type { Server } from 'node:http';
import type { ChannelPort } from '../../contract/channel/host-requests.ts';

export interface GuestChannelOptions {
  /** `config.guestPorts`: paths of virtio-serial devices. */
  ports: string[];
  /** `config.guestKeyFile`: 32 bytes. */
  keyFile: string;
  /** The engine's API server; every `api` stream is handed to it as a connection. */
  server: Server;
  /** Where in this guest a published port is answered: the container's address; null when nobody has it. */
  lookupPort(protocol: 'tcp' | 'udp', hostIp: string, hostPort: number): { address: string; port: number } | null;
  /** Published ports of running containers, told to the host after every (re)connection. */
  publishedPorts(): ChannelPort[];
  log?(line: string): void;
}

export interface GuestChannel {
  /** What `network` asks for host ports through (`HostPorts` of engine/network/host-ports.ts). */
  hostPorts: GuestHostPorts;
  close(): Promise<void>;
}

export interface GuestHostPorts {
  /** @throws ConflictError with the host's words: who holds the port. */
  reserve(port: ChannelPort): Promise<void>;
  release(port: ChannelPort): Promise<void>;
}

/**
 * Serves the guest side of the channel until closed. Returns at once: the host connects when it likes, and again after
 * it went away. @throws Error when the key file or a port device cannot be opened.
 */
export function startGuestChannel(options: GuestChannelOptions): GuestChannel {
  throw new Error(`not implemented for ${options.ports.join(', ')}`);
}
