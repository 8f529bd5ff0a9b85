import { ForbiddenError, InvalidParameterError } from '../errors.ts';
import { contains, formatAddress, formatSubnet, lastAddress, overlaps, parseAddress, parseSubnet, type Subnet } from './addresses.ts';

/** The ranges that networks without an explicit subnet come from, in order. Source: moby `libnetwork/ipamutils`. */
const defaultPools: Subnet[] = [
  ...Array.from({ length: 15 }, (_, index) => `172.${17 + index}.0.0/16`),
  ...Array.from({ length: 16 }, (_, index) => `192.168.${index * 16}.0/20`),
].map((text) => parseSubnet(text)!);

/**
 * The first default range that overlaps nothing of `taken`: other networks and the machine's own routes.
 * @throws InvalidParameterError when all of them do.
 */
export function chooseSubnet(taken: Subnet[]): Subnet {
  const free = defaultPools.find((pool) => !taken.some((other) => overlaps(pool, other)));
  if (!free) throw new InvalidParameterError('all predefined address pools have been fully subnetted: give the network a --subnet of its own');
  return free;
}

/** Addresses of one network. What is in use is what running endpoints hold; nothing else is kept. */
export class AddressPool {
  readonly subnet: Subnet;
  readonly #range: Subnet;
  readonly #used = new Set<number>();
  readonly #reserved = new Set<number>();

  /** @param range where addresses are chosen from, inside `subnet`; static addresses may come from all of it. */
  constructor(subnet: Subnet, reserved: string[], range: Subnet = subnet) {
    this.subnet = subnet;
    this.#range = range;
    // A /31 or /32 has neither network nor broadcast address (RFC 3021).
    if (subnet.prefix < 31) this.#reserved.add(subnet.base).add(lastAddress(subnet));
    for (const address of reserved) this.#reserved.add(parseAddress(address)!);
  }

  /** The lowest free address. @throws ForbiddenError when there is none. */
  allocate(): string {
    for (let address = this.#range.base; address <= lastAddress(this.#range); address += 1) {
      if (this.#used.has(address) || this.#reserved.has(address)) continue;
      this.#used.add(address);
      return formatAddress(address);
    }
    throw new ForbiddenError(`no available IPv4 addresses in ${formatSubnet(this.#range)}: remove containers or make a larger network`);
  }

  /** Takes one given address. @throws ForbiddenError `Address already in use`, InvalidParameterError outside the subnet. */
  claim(text: string): string {
    const address = parseAddress(text);
    if (address === null) throw new InvalidParameterError(`invalid IPv4 address: ${text}`);
    if (!contains(this.subnet, address)) throw new InvalidParameterError(`no configured subnet contains IP address ${text}`);
    if (this.#used.has(address) || this.#reserved.has(address)) throw new ForbiddenError(`Address already in use: ${text}`);
    this.#used.add(address);
    return text;
  }

  release(text: string): void {
    this.#used.delete(parseAddress(text)!);
  }
}

/** 172.17.0.2 → 02:42:ac:11:00:02: locally administered, unique on the bridge because the address is. */
export function macFromAddress(address: string): string {
  const octets = address.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
  return `02:42:${octets.join(':')}`;
}
