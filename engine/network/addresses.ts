/** IPv4 as numbers: 0 to 2^32 - 1, most significant octet first. */
export interface Subnet {
  base: number;
  prefix: number;
}

/** @returns null when the text is not four decimal octets. */
export function parseAddress(text: string): number | null {
  const octets = text.split('.');
  if (octets.length !== 4) return null;
  let value = 0;
  for (const octet of octets) {
    if (!/^(0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return null;
    value = value * 256 + Number(octet);
  }
  return value;
}

export function formatAddress(value: number): string {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}

/** `172.17.0.0/16`; host bits are dropped as moby does. @returns null for anything else. */
export function parseSubnet(text: string): Subnet | null {
  const [address, prefixText, ...rest] = text.split('/');
  const value = parseAddress(address ?? '');
  if (value === null || rest.length > 0 || !/^\d{1,2}$/.test(prefixText ?? '')) return null;
  const prefix = Number(prefixText);
  return prefix > 32 ? null : { base: value - (value % sizeOf(prefix)), prefix };
}

export function formatSubnet(subnet: Subnet): string {
  return `${formatAddress(subnet.base)}/${subnet.prefix}`;
}

/** How many addresses a prefix spans. */
export function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix);
}

export function lastAddress(subnet: Subnet): number {
  return subnet.base + sizeOf(subnet.prefix) - 1;
}

export function contains(subnet: Subnet, address: number): boolean {
  return address >= subnet.base && address <= lastAddress(subnet);
}

export function overlaps(one: Subnet, other: Subnet): boolean {
  return one.base <= lastAddress(other) && other.base <= lastAddress(one);
}
