import { randomBytes } from 'node:crypto';
import { addressBytes } from './addresses.ts';

/** 172.17.0.2 → 02:42:ac:11:00:02: locally administered, unique on the bridge because the address is. */
export function macFromAddress(address: string): string {
  return `02:42:${hex(addressBytes(address))}`;
}

/** For endpoints without an IPv4 address. */
export function randomMac(): string {
  return `02:42:${hex(randomBytes(4))}`;
}

export function isMac(text: string): boolean {
  return /^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$/.test(text);
}

function hex(bytes: Buffer): string {
  return [...bytes].map((octet) => octet.toString(16).padStart(2, '0')).join(':');
}
