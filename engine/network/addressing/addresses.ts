import { isIPv6 } from 'node:net';

export type Family = 4 | 6;

/** An address as a number, most significant octet first. */
export interface Address {
  family: Family;
  value: bigint;
}

export interface Subnet {
  family: Family;
  /** Host bits are zero. */
  base: bigint;
  prefix: number;
}

export function bitsOf(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** @returns null when the text is neither four decimal octets nor an IPv6 address; zones (`%eth0`) mean nothing here. */
export function parseAddress(text: string): Address | null {
  if (text.includes(':')) return isIPv6(text) && !text.includes('%') ? { family: 6, value: parseGroups(text) } : null;
  const octets = text.split('.');
  if (octets.length !== 4) return null;
  let value = 0;
  for (const octet of octets) {
    if (!/^(0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return null;
    value = value * 256 + Number(octet);
  }
  return { family: 4, value: BigInt(value) };
}

/** IPv6 in its canonical form (RFC 5952). */
export function formatAddress({ family, value }: Address): string {
  if (family === 4) {
    const number = Number(value);
    return [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255].join('.');
  }
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  let zeros = { start: 0, length: 0 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (groups[start + length] === '0') length += 1;
    if (length > zeros.length) zeros = { start, length };
  }
  if (zeros.length < 2) return groups.join(':');
  return `${groups.slice(0, zeros.start).join(':')}::${groups.slice(zeros.start + zeros.length).join(':')}`;
}

/** `172.17.0.0/16`, `fd00::/64`; host bits are dropped. @returns null for anything else. */
export function parseSubnet(text: string): Subnet | null {
  const [addressText, prefixText, ...rest] = text.split('/');
  const address = parseAddress(addressText ?? '');
  if (address === null || rest.length > 0 || !/^\d{1,3}$/.test(prefixText ?? '')) return null;
  const prefix = Number(prefixText);
  if (prefix > bitsOf(address.family)) return null;
  const size = 1n << BigInt(bitsOf(address.family) - prefix);
  return { family: address.family, base: address.value - (address.value % size), prefix };
}

export function formatSubnet({ family, base, prefix }: Subnet): string {
  return `${formatAddress({ family, value: base })}/${prefix}`;
}

/** How many addresses a subnet spans. */
export function sizeOf({ family, prefix }: Subnet): bigint {
  return 1n << BigInt(bitsOf(family) - prefix);
}

export function lastAddress(subnet: Subnet): bigint {
  return subnet.base + sizeOf(subnet) - 1n;
}

export function contains(subnet: Subnet, { family, value }: Address): boolean {
  return family === subnet.family && value >= subnet.base && value <= lastAddress(subnet);
}

export function overlaps(one: Subnet, other: Subnet): boolean {
  return one.family === other.family && one.base <= lastAddress(other) && other.base <= lastAddress(one);
}

/** 4 or 16 octets in network order. The text must be an address. */
export function addressBytes(text: string): Buffer {
  const { family, value } = parseAddress(text)!;
  return Buffer.from(value.toString(16).padStart(bitsOf(family) / 4, '0'), 'hex');
}

export function addressOfBytes(bytes: Buffer): Address {
  return { family: bytes.length === 4 ? 4 : 6, value: BigInt(`0x${bytes.toString('hex') || '0'}`) };
}

/** The text is an IPv6 address; its last part may be dotted. */
function parseGroups(text: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted !== null) {
    const tail = parseAddress(dotted[2]!)!.value;
    return parseGroups(`${dotted[1]}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`);
  }
  const [head = '', tail] = text.split('::');
  const groupsOf = (part: string) => (part === '' ? [] : part.split(':'));
  const [front, back] = [groupsOf(head), groupsOf(tail ?? '')];
  const groups = tail === undefined ? front : [...front, ...Array.from({ length: 8 - front.length - back.length }, () => '0'), ...back];
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}
