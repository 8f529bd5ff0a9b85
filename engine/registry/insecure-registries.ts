import { BlockList, isIP } from 'node:net';
import { InvalidParameterError } from '../errors.ts';

/**
 * Which registries may speak plain HTTP or show a certificate of their own: loopback always, as with moby, and what the
 * configuration names (host, host:port or CIDR).
 */
export class InsecureRegistries {
  readonly #hosts = new Set<string>();
  readonly #networks = new BlockList();

  /** @throws InvalidParameterError for an entry that is none of the three */
  constructor(entries: readonly string[]) {
    for (const entry of ['127.0.0.0/8', '::1/128', ...entries]) {
      const [address = '', prefix] = entry.split('/');
      if (prefix === undefined) this.#hosts.add(entry.toLowerCase());
      else if (isIP(address) === 0 || !/^[0-9]+$/.test(prefix) || Number(prefix) > (isIP(address) === 4 ? 32 : 128)) {
        throw new InvalidParameterError(`invalid insecure registry ${JSON.stringify(entry)}: give host, host:port or a CIDR`);
      } else this.#networks.addSubnet(address, Number(prefix), isIP(address) === 4 ? 'ipv4' : 'ipv6');
    }
  }

  /** @param domain host of a reference, with its port when it has one */
  includes(domain: string): boolean {
    const host = domain.replace(/:[0-9]+$/, '').replace(/^\[|\]$/g, '').toLowerCase();
    if (host === 'localhost' || this.#hosts.has(host) || this.#hosts.has(domain.toLowerCase())) return true;
    const family = isIP(host);
    return family !== 0 && this.#networks.check(host, family === 4 ? 'ipv4' : 'ipv6');
  }
}
