interface Entry {
  /** IPv4 and IPv6. */
  addresses: string[];
  /** What a reverse look-up answers. */
  canonicalName: string;
}

/** Who is called what on which network. Names compare without case, and several containers may share an alias. */
export class NameRegistry {
  /** Network id → lower-case name → endpoints by id. */
  readonly #networks = new Map<string, Map<string, Map<string, Entry>>>();

  /** @param names container name first: it is what a reverse look-up answers. */
  add(networkId: string, endpointId: string, names: string[], addresses: string[]): void {
    const network = this.#networks.get(networkId) ?? new Map<string, Map<string, Entry>>();
    this.#networks.set(networkId, network);
    for (const name of names) {
      const key = name.toLowerCase();
      const endpoints = network.get(key) ?? new Map<string, Entry>();
      network.set(key, endpoints);
      endpoints.set(endpointId, { addresses, canonicalName: names[0]! });
    }
  }

  remove(networkId: string, endpointId: string): void {
    const network = this.#networks.get(networkId);
    if (network === undefined) return;
    for (const [name, endpoints] of network) {
      endpoints.delete(endpointId);
      if (endpoints.size === 0) network.delete(name);
    }
    if (network.size === 0) this.#networks.delete(networkId);
  }

  /** Addresses of a name; undefined when the network knows no such name. */
  addresses(networkId: string, name: string): string[] | undefined {
    const endpoints = this.#networks.get(networkId)?.get(name.toLowerCase());
    return endpoints === undefined ? undefined : [...new Set([...endpoints.values()].flatMap((entry) => entry.addresses))];
  }

  nameOf(networkId: string, address: string): string | undefined {
    for (const endpoints of this.#networks.get(networkId)?.values() ?? []) {
      for (const entry of endpoints.values()) if (entry.addresses.includes(address)) return entry.canonicalName;
    }
    return undefined;
  }
}
