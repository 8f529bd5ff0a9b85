import { addressBytes, addressOfBytes, bitsOf, formatAddress, lastAddress, parseAddress, parseSubnet, type Family, type Subnet } from '../addressing/addresses.ts';
import { attribute, decodeAttributes, NetlinkFlag, uint32 } from './message.ts';
import type { NetlinkRequest, NetlinkSocket } from './netlink-socket.ts';

/** Addresses and routes as netlink requests. Source: rtnetlink(7), linux/rtnetlink.h. */

const Message = { newAddress: 20, newRoute: 24, deleteRoute: 25, getRoute: 26 } as const;
const Address = { address: 1, local: 2, broadcast: 4 } as const;
const Route = { destination: 1, outputLink: 4, gateway: 5, table: 15 } as const;
const addressFamily = { 4: 2, 6: 10 } as const;
const mainTable = 254;
const universe = 0;
const linkScope = 253;
const staticProtocol = 4;
const unicast = 1;
/** No duplicate address detection: the address is the engine's own choice, and is needed at once. */
const noDetection = 0x02;

/** @param options.address with its prefix: `172.17.0.2/16`. */
export function addAddress(options: { index: number; address: string }): NetlinkRequest {
  const [text = '', prefix = ''] = options.address.split('/');
  const { family } = parseAddress(text)!;
  const subnet = parseSubnet(options.address)!;
  const header = Buffer.alloc(8);
  header.writeUInt8(addressFamily[family], 0);
  header.writeUInt8(Number(prefix), 1);
  header.writeUInt8(family === 6 ? noDetection : 0, 2);
  header.writeUInt32LE(options.index, 4);
  const payload = Buffer.concat([
    header,
    attribute(Address.local, addressBytes(text)),
    attribute(Address.address, addressBytes(text)),
    ...(family === 4 && subnet.prefix < 31 ? [attribute(Address.broadcast, addressBytes(formatAddress({ family, value: lastAddress(subnet) })))] : []),
  ]);
  return { type: Message.newAddress, flags: NetlinkFlag.create | NetlinkFlag.exclusive, payload, purpose: `give out ${text}`, accept: ['EEXIST'] };
}

/** Replaces the default route of the family. @param options.gateway none: everything is on the link. */
export function setDefaultRoute(options: { family: Family; index: number; gateway?: string }): NetlinkRequest {
  const { family, index, gateway } = options;
  const payload = Buffer.concat([
    routeHeader(family, gateway === undefined ? linkScope : universe),
    ...(gateway === undefined ? [] : [attribute(Route.gateway, addressBytes(gateway))]),
    attribute(Route.outputLink, uint32(index)),
  ]);
  return { type: Message.newRoute, flags: NetlinkFlag.create | NetlinkFlag.replace, payload, purpose: `route through ${gateway ?? `interface ${index}`}` };
}

/** Idempotent. */
export function deleteDefaultRoute(family: Family): NetlinkRequest {
  return { type: Message.deleteRoute, flags: 0, payload: routeHeader(family, family === 4 ? 255 : universe), purpose: 'delete the default route', accept: ['ESRCH'] };
}

/** What the machine's main table leads to, the default route left out; each with the link it leaves by. */
export function listRoutes(socket: NetlinkSocket): { subnet: Subnet; link: number }[] {
  return ([4, 6] as const).flatMap((family) => {
    const header = Buffer.alloc(12);
    header.writeUInt8(addressFamily[family], 0);
    return socket.dump(Message.getRoute, header).flatMap(({ payload }) => {
      const attributes = decodeAttributes(payload.subarray(12));
      const table = attributes.get(Route.table)?.readUInt32LE(0) ?? payload.readUInt8(4);
      const destination = attributes.get(Route.destination);
      if (table !== mainTable || destination === undefined || payload.readUInt8(6) > linkScope || destination.length * 8 !== bitsOf(family)) return [];
      return [{ subnet: { family, base: addressOfBytes(destination).value, prefix: payload.readUInt8(1) }, link: attributes.get(Route.outputLink)?.readUInt32LE(0) ?? 0 }];
    });
  });
}

function routeHeader(family: Family, scope: number): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(addressFamily[family], 0);
  header.writeUInt8(mainTable, 4);
  header.writeUInt8(staticProtocol, 5);
  header.writeUInt8(scope, 6);
  header.writeUInt8(unicast, 7);
  return header;
}
