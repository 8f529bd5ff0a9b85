import { closeSync, openSync } from 'node:fs';
import type { NameRegistry } from '../dns/name-registry.ts';
import { deleteLink } from '../netlink/links.ts';
import { NetlinkSocket } from '../netlink/netlink-socket.ts';
import type { LiveNetworks } from '../drivers/live-networks.ts';
import type { NetworkStore } from '../networks/network-store.ts';
import { addressesOf, chooseAddresses, connectLink, releaseAddresses, type Endpoint } from './endpoint.ts';
import { endpointSysctls, sysctlsOption } from './endpoint-sysctls.ts';
import { defaultRoutes } from './gateways.ts';
import type { NamespaceDirectory } from './netns.ts';
import type { SandboxRecord } from './sandbox-record.ts';

export interface WiringParts {
  store: NetworkStore;
  networks: LiveNetworks;
  namespaces: NamespaceDirectory;
  netlink: NetlinkSocket;
  names: NameRegistry;
}

/** Interfaces, addresses, routes and names of sandboxes. */
export class SandboxWiring {
  readonly #parts: WiringParts;

  constructor(parts: WiringParts) {
    this.#parts = parts;
  }

  /**
   * Adds an interface for the endpoint, without routes. When it fails, the endpoint is among the record's nevertheless where
   * its undoing has something to give back.
   * @param inside works in the sandbox's namespace.
   */
  async attach(record: SandboxRecord, inside: NetlinkSocket, endpoint: Endpoint, mac: string | undefined): Promise<void> {
    const { networks, store, netlink, namespaces, names } = this.#parts;
    const network = store.get(endpoint.networkId);
    const live = networks.get(network);
    const prefix = endpoint.asked.DriverOpts?.['com.docker.network.endpoint.ifname'] ?? network.bridge?.interfacePrefix ?? 'eth';
    const taken = new Set(record.endpoints.map((other) => other.attachment?.interfaceName));
    endpoint.attachment = chooseAddresses(live, endpoint, { interfaceName: freeName(prefix, taken), ...(mac === undefined ? {} : { mac }) });
    // From here on the record's undoing gives the addresses back.
    record.endpoints.push(endpoint);
    const asked = endpoint.asked.DriverOpts?.[sysctlsOption];
    const sysctls = asked === undefined ? [] : endpointSysctls(asked, endpoint.attachment.interfaceName);
    const namespaceFd = openSync(record.netns!, 'r');
    try {
      await connectLink({ host: netlink, inside, namespaceFd, enter: (work) => namespaces.inside(record.namespace!, work), live, attachment: endpoint.attachment, sysctls });
    } finally {
      closeSync(namespaceFd);
    }
    names.add(network.id, endpoint.id, endpoint.names, addressesOf(endpoint));
  }

  /** Takes the interface away and gives the addresses back; the endpoint is gone from the record. */
  async detach(record: SandboxRecord, endpoint: Endpoint): Promise<void> {
    const { networks, names } = this.#parts;
    const { attachment } = endpoint;
    names.remove(endpoint.networkId, endpoint.id);
    record.endpoints = record.endpoints.filter((other) => other !== endpoint);
    if (attachment === undefined) return;
    await this.inside(record, (inside) => inside.change([deleteLink(attachment.interfaceName)]));
    const live = networks.find(endpoint.networkId);
    if (live !== undefined) releaseAddresses(live, attachment);
  }

  /** @param options.fresh the namespace has no default route yet. */
  async route(record: SandboxRecord, inside: NetlinkSocket, options: { fresh: boolean }): Promise<void> {
    const requests = defaultRoutes(record.endpoints, (id) => this.#parts.store.find(id), options);
    if (requests.length > 0) await inside.change(requests);
  }

  /** With a socket that works in the namespace of a running container. */
  async inside<T>(record: SandboxRecord, work: (inside: NetlinkSocket) => Promise<T>): Promise<T> {
    const socket = this.#parts.namespaces.inside(record.namespace!, () => new NetlinkSocket());
    try {
      return await work(socket);
    } finally {
      socket.close();
    }
  }
}

/** `eth` → the first of eth0, eth1 … that is free; a name with a number is taken as it is. */
function freeName(prefix: string, taken: Set<string | undefined>): string {
  if (/\d$/.test(prefix) && !taken.has(prefix)) return prefix;
  for (let number = 0; ; number += 1) if (!taken.has(`${prefix}${number}`)) return `${prefix}${number}`;
}
