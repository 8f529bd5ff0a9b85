import { createHash } from 'node:crypto';
import { NotFoundError } from '../../errors.ts';
import { overlaps, parseSubnet, sizeOf, type Family, type Subnet } from './addresses.ts';

/** The IPv4 ranges that networks without a subnet of their own come from, in order. Source: moby `libnetwork/ipamutils`. */
const defaultRanges: Subnet[] = [
  ...Array.from({ length: 15 }, (_, index) => `172.${17 + index}.0.0/16`),
  ...Array.from({ length: 16 }, (_, index) => `192.168.${index * 16}.0/20`),
].map((text) => parseSubnet(text)!);

/** Tries in an engine's own IPv6 range; it has 65,536 subnets. */
const mostSubnets = 65_536n;

/**
 * The first default range that overlaps nothing of `taken`: other networks and the machine's own routes.
 * @param owner what makes this engine's unique local IPv6 range its own.
 * @throws NotFoundError when all of them do.
 */
export function chooseSubnet(family: Family, taken: Subnet[], owner: string): Subnet {
  const free = (subnet: Subnet) => !taken.some((other) => overlaps(subnet, other));
  const found = family === 4 ? defaultRanges.find(free) : chooseLocalSubnet(owner, free);
  if (found === undefined) throw new NotFoundError('all predefined address pools have been fully subnetted: give the network a --subnet of its own');
  return found;
}

/** A /64 out of a /48 made of `fd` and a hash, as RFC 4193 asks for. */
function chooseLocalSubnet(owner: string, free: (subnet: Subnet) => boolean): Subnet | undefined {
  const hash = createHash('sha256').update(owner).digest('hex').slice(0, 10);
  const first = { family: 6 as const, base: BigInt(`0xfd${hash}`) << 80n, prefix: 64 };
  for (let index = 0n; index < mostSubnets; index += 1n) {
    const subnet = { ...first, base: first.base + index * sizeOf(first) };
    if (free(subnet)) return subnet;
  }
  return undefined;
}

