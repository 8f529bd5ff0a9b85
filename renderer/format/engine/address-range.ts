/** A range of addresses in CIDR notation: `172.20.0.0/16`, `fd00::/64`. Of IPv4 the numbers are 32 bits wide, of IPv6 128. */
export interface AddressRange {
  family: 4 | 6;
  first: bigint;
  last: bigint;
  prefix: number;
}

export interface Address {
  family: 4 | 6;
  value: bigint;
}

/** @returns undefined for what is no address. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseV6(text.trim()) : parseV4(text.trim());
}

/** @returns undefined for what is no range; bits behind the prefix are allowed, as docker allows them. */
export function parseRange(text: string): AddressRange | undefined {
  const [base = '', length = '', ...more] = text.trim().split('/');
  const address = parseAddress(base);
  if (address === undefined || more.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  const bits = address.family === 4 ? 32 : 128;
  const prefix = Number(length);
  if (prefix > bits) return undefined;
  const span = 1n << BigInt(bits - prefix);
  const first = (address.value / span) * span;
  return { family: address.family, first, last: first + span - 1n, prefix };
}

export const contains = (range: AddressRange, address: Address): boolean => range.family === address.family && address.value >= range.first && address.value <= range.last;
export const overlap = (one: AddressRange, other: AddressRange): boolean => one.family === other.family && one.first <= other.last && other.first <= one.last;
export const isWithin = (inner: AddressRange, outer: AddressRange): boolean => inner.family === outer.family && inner.first >= outer.first && inner.last <= outer.last;

function parseV4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255)) return undefined;
  return { family: 4, value: parts.reduce((value, part) => value * 256n + BigInt(part), 0n) };
}

function parseV6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  if (groups.flat().some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const [front = [], back = []] = groups;
  const missing = 8 - front.length - back.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...front, ...Array.from({ length: missing }, () => '0'), ...back];
  return { family: 6, value: all.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n) };
}
