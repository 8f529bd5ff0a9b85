import { ForbiddenError } from '../../errors.ts';
import { contains, formatAddress, lastAddress, parseAddress, type Address, type Subnet } from './addresses.ts';

export interface PoolOptions {
  /** Never given out and never claimed: the gateway, auxiliary addresses. */
  reserved: string[];
  /** Where addresses are chosen from, inside the subnet; static addresses may come from all of it. */
  range?: Subnet;
}

/** Addresses of one subnet of a network. What is in use is what running endpoints hold; nothing else is kept. */
export class AddressPool {
  readonly subnet: Subnet;
  readonly #range: Subnet;
  readonly #used = new Set<bigint>();
  readonly #reserved = new Set<bigint>();

  constructor(subnet: Subnet, options: PoolOptions) {
    this.subnet = subnet;
    this.#range = options.range ?? subnet;
    // The base is the network (IPv6: the subnet-router anycast address), the last the broadcast address. A /31, /32, /127 or
    // /128 has neither (RFC 3021, 6164).
    const bits = subnet.family === 4 ? 32 : 128;
    if (subnet.prefix < bits - 1) {
      this.#reserved.add(subnet.base);
      if (subnet.family === 4) this.#reserved.add(lastAddress(subnet));
    }
    for (const address of options.reserved) this.#reserved.add(parseAddress(address)!.value);
  }

  /** The lowest free address; undefined when there is none. */
  allocate(): string | undefined {
    const last = lastAddress(this.#range);
    for (let value = this.#range.base; value <= last; value += 1n) {
      if (this.#used.has(value) || this.#reserved.has(value)) continue;
      this.#used.add(value);
      return formatAddress({ family: this.subnet.family, value });
    }
    return undefined;
  }

  holds(address: Address): boolean {
    return contains(this.subnet, address);
  }

  /** Takes one given address of the subnet. @throws ForbiddenError `Address already in use` */
  claim(address: Address): string {
    if (this.#used.has(address.value) || this.#reserved.has(address.value)) throw new ForbiddenError('Address already in use');
    this.#used.add(address.value);
    return formatAddress(address);
  }

  release(address: Address): void {
    this.#used.delete(address.value);
  }
}
