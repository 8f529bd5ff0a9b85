import { createHash } from 'node:crypto';
import { InvalidParameterError, NotFoundError } from '../../errors.ts';
import { formatSubnet, overlaps, parseSubnet, sizeOf, type Family, type Subnet } from './addresses.ts';

/** The IPv4 ranges that networks without a subnet of their own come from, in order. Source: moby `libnetwork/ipamutils`. */
const defaultRanges: Subnet[] = [
  ...Array.from({ length: 15 }, (_, index) => `172.${17 + index}.0.0/16`),
  ...Array.from({ length: 16 }, (_, index) => `192.168.${index * 16}.0/20`),
].map((text) => parseSubnet(text)!);

/** A range that is cut into networks of `size` bits. */
export interface Pool {
  base: Subnet;
  size: number;
}

let pools: Pool[] = [];

/** As `GET /info` shows them; none are the {@link defaultRanges}. */
export const currentPools = (): { Base: string; Size: number }[] => pools.map(({ base, size }) => ({ Base: formatSubnet(base), Size: size }));

/** Other ranges for networks that are made from now on; none: the usual ones. */
export const setPools = (next: Pool[]): void => void (pools = next);

/** A network smaller than this has no room for a gateway and some containers. */
const longestPrefix = 29;

/** @throws InvalidParameterError */
export function parsePools(asked: { Base: string; Size: number }[]): Pool[] {
  const parsed = asked.map(({ Base, Size }): Pool => {
    const base = parseSubnet(Base);
    if (base === null) throw new InvalidParameterError(`DefaultAddressPools: ${JSON.stringify(Base)} is no subnet, such as 10.10.0.0/16`);
    if (base.family !== 4) throw new InvalidParameterError(`DefaultAddressPools: ${Base} is no IPv4 subnet`);
    if (!Number.isInteger(Size) || Size < base.prefix || Size > longestPrefix) throw new InvalidParameterError(`DefaultAddressPools: the size of ${Base} is to be from ${base.prefix} to ${longestPrefix}, and is ${Size}`);
    return { base, size: Size };
  });
  for (const [index, one] of parsed.entries()) {
    const other = parsed.slice(index + 1).find(({ base }) => overlaps(base, one.base));
    if (other !== undefined) throw new InvalidParameterError(`DefaultAddressPools: ${formatSubnet(one.base)} and ${formatSubnet(other.base)} overlap`);
  }
  return parsed;
}

/**
 * The first network of a pool that overlaps nothing of `taken`. A taken range is stepped over at once: a pool of a million networks may be half full.
 */
function freeOf({ base, size }: Pool, taken: Subnet[]): Subnet | undefined {
  const step = 1n << BigInt(32 - size);
  const end = base.base + sizeOf(base);
  for (let at = base.base; at < end; ) {
    const subnet: Subnet = { family: 4, base: at, prefix: size };
    const hit = taken.find((other) => overlaps(subnet, other));
    if (hit === undefined) return subnet;
    const past = hit.base + sizeOf(hit);
    at = past <= at + step ? at + step : base.base + ((past - base.base + step - 1n) / step) * step;
  }
  return undefined;
}

/** Tries in an engine's own IPv6 range; it has 65,536 subnets. */
const mostSubnets = 65_536n;

/**
 * The first default range that overlaps nothing of `taken`: other networks and the machine's own routes.
 * @param owner what makes this engine's unique local IPv6 range its own.
 * @throws NotFoundError when all of them do.
 */
export function chooseSubnet(family: Family, taken: Subnet[], owner: string): Subnet {
  const free = (subnet: Subnet) => !taken.some((other) => overlaps(subnet, other));
  const found = family === 6 ? chooseLocalSubnet(owner, free) : pools.length === 0 ? defaultRanges.find(free) : chooseOfPools(taken);
  if (found === undefined) throw new NotFoundError('all predefined address pools have been fully subnetted: give the network a --subnet of its own');
  return found;
}

function chooseOfPools(taken: Subnet[]): Subnet | undefined {
  for (const pool of pools) {
    const found = freeOf(pool, taken);
    if (found !== undefined) return found;
  }
  return undefined;
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

