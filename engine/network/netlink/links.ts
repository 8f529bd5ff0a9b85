import { attribute, decodeAttributes, nestedAttribute, NetlinkFlag, text, uint32 } from './message.ts';
import { NetlinkError, type NetlinkRequest, type NetlinkSocket } from './netlink-socket.ts';
import { formatAddress, lastAddress, parseAddress, type Subnet } from '../addresses.ts';

/** Links, addresses and routes as netlink requests. Source: rtnetlink(7), linux/if_link.h, linux/rtnetlink.h. */

const Message = { newLink: 16, deleteLink: 17, getLink: 18, newAddress: 20, newRoute: 24, getRoute: 26 } as const;
const Link = { address: 1, name: 3, mtu: 4, master: 10, info: 18, alias: 20, namespaceFd: 28 } as const;
const LinkInfo = { kind: 1, data: 2, portKind: 4, portData: 5 } as const;
const BridgePort = { hairpin: 4 } as const;
const vethPeer = 1;
const Address = { address: 1, local: 2, broadcast: 4 } as const;
const Route = { destination: 1, outputLink: 4, gateway: 5, table: 15 } as const;
const linkUp = 1;
const inet = 2;
const mainTable = 254;
const universe = 0;
const onLink = 253;
const staticProtocol = 4;
const unicast = 1;

export interface LinkSummary {
  index: number;
  name: string;
  /** Index of the bridge it is a port of. */
  master?: number;
  alias?: string;
  up: boolean;
}

/** struct ifinfomsg. */
function linkHeader(options: { index?: number; up?: boolean } = {}): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(options.index ?? 0, 4);
  if (options.up === true) {
    header.writeUInt32LE(linkUp, 8);
    header.writeUInt32LE(linkUp, 12);
  }
  return header;
}

/** A bridge with a hardware address of its own, so that it does not change with its ports. */
export function createBridge(options: { name: string; mac: string; mtu: number }): NetlinkRequest {
  const payload = Buffer.concat([
    linkHeader({ up: true }),
    attribute(Link.name, text(options.name)),
    attribute(Link.address, macBytes(options.mac)),
    attribute(Link.mtu, uint32(options.mtu)),
    nestedAttribute(Link.info, attribute(LinkInfo.kind, Buffer.from('bridge'))),
  ]);
  return { type: Message.newLink, flags: NetlinkFlag.create | NetlinkFlag.exclusive, payload, purpose: `create bridge ${options.name}` };
}

/** A link's alias says whose it is. A request of its own, because the kernel ignores it at creation. */
export function setAlias(name: string, alias: string): NetlinkRequest {
  const payload = Buffer.concat([linkHeader(), attribute(Link.name, text(name)), attribute(Link.alias, Buffer.from(alias))]);
  return { type: Message.newLink, flags: 0, payload, purpose: `name the owner of ${name}` };
}

export function setUp(index: number, purpose: string): NetlinkRequest {
  return { type: Message.newLink, flags: 0, payload: linkHeader({ index, up: true }), purpose };
}

/** One end on the bridge here, the other named `peer.name` in the namespace of an open file. The near end is up, the far one not yet. */
export function createVeth(options: { name: string; bridge: number; mtu: number; peer: { name: string; mac: string; namespaceFd: number } }): NetlinkRequest {
  const { peer } = options;
  const peerLink = Buffer.concat([
    // Down: veth cannot be opened before its other end exists (ENOTCONN).
    linkHeader(),
    attribute(Link.name, text(peer.name)),
    attribute(Link.address, macBytes(peer.mac)),
    attribute(Link.mtu, uint32(options.mtu)),
    attribute(Link.namespaceFd, uint32(peer.namespaceFd)),
  ]);
  const payload = Buffer.concat([
    linkHeader({ up: true }),
    attribute(Link.name, text(options.name)),
    attribute(Link.mtu, uint32(options.mtu)),
    attribute(Link.master, uint32(options.bridge)),
    nestedAttribute(Link.info, attribute(LinkInfo.kind, Buffer.from('veth')), nestedAttribute(LinkInfo.data, attribute(vethPeer, peerLink))),
  ]);
  return { type: Message.newLink, flags: NetlinkFlag.create | NetlinkFlag.exclusive, payload, purpose: `create ${options.name}` };
}

/** Lets a bridge send a frame back through the port it came by. */
export function setHairpin(name: string): NetlinkRequest {
  const port = nestedAttribute(LinkInfo.portData, attribute(BridgePort.hairpin, Buffer.from([1])));
  const payload = Buffer.concat([linkHeader(), attribute(Link.name, text(name)), nestedAttribute(Link.info, attribute(LinkInfo.portKind, text('bridge')), port)]);
  return { type: Message.newLink, flags: 0, payload, purpose: `set hairpin mode of ${name}` };
}

/** Idempotent. */
export function deleteLink(name: string): NetlinkRequest {
  const payload = Buffer.concat([linkHeader(), attribute(Link.name, text(name))]);
  return { type: Message.deleteLink, flags: 0, payload, purpose: `delete ${name}`, accept: ['ENODEV'] };
}

/** Whether a link of that name is there, for the price of one message. */
export function linkExists(socket: NetlinkSocket, name: string): boolean {
  const payload = Buffer.concat([linkHeader(), attribute(Link.name, text(name))]);
  try {
    socket.changeNow([{ type: Message.getLink, flags: 0, payload, purpose: `look for ${name}` }]);
    return true;
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'ENODEV') return false;
    throw error;
  }
}

export function addAddress(options: { index: number; address: string; subnet: Subnet }): NetlinkRequest {
  const { index, address, subnet } = options;
  const header = Buffer.alloc(8);
  header.writeUInt8(inet, 0);
  header.writeUInt8(subnet.prefix, 1);
  header.writeUInt32LE(index, 4);
  const payload = Buffer.concat([
    header,
    attribute(Address.local, addressBytes(address)),
    attribute(Address.address, addressBytes(address)),
    attribute(Address.broadcast, addressBytes(formatAddress(lastAddress(subnet)))),
  ]);
  return { type: Message.newAddress, flags: NetlinkFlag.create | NetlinkFlag.exclusive, payload, purpose: `give out ${address}`, accept: ['EEXIST'] };
}

export function addDefaultRoute(options: { index: number; gateway: string }): NetlinkRequest {
  const header = Buffer.alloc(12);
  header.writeUInt8(inet, 0);
  header.writeUInt8(mainTable, 4);
  header.writeUInt8(staticProtocol, 5);
  header.writeUInt8(universe, 6);
  header.writeUInt8(unicast, 7);
  const payload = Buffer.concat([header, attribute(Route.gateway, addressBytes(options.gateway)), attribute(Route.outputLink, uint32(options.index))]);
  return { type: Message.newRoute, flags: NetlinkFlag.create | NetlinkFlag.replace, payload, purpose: `route through ${options.gateway}` };
}

export function listLinks(socket: NetlinkSocket): LinkSummary[] {
  return socket.dump(Message.getLink, linkHeader()).map(({ payload }) => {
    const attributes = decodeAttributes(payload.subarray(16));
    const master = attributes.get(Link.master)?.readUInt32LE(0);
    const alias = attributes.get(Link.alias);
    return {
      index: payload.readInt32LE(4),
      name: cString(attributes.get(Link.name)),
      up: (payload.readUInt32LE(8) & linkUp) !== 0,
      ...(master === undefined ? {} : { master }),
      ...(alias === undefined ? {} : { alias: cString(alias) }),
    };
  });
}

/** What the machine's main table leads to, the default route left out; each with the link it leaves by. */
export function listRoutes(socket: NetlinkSocket): { subnet: Subnet; link: number }[] {
  const header = Buffer.alloc(12);
  header.writeUInt8(inet, 0);
  return socket.dump(Message.getRoute, header).flatMap(({ payload }) => {
    const attributes = decodeAttributes(payload.subarray(12));
    const table = attributes.get(Route.table)?.readUInt32LE(0) ?? payload.readUInt8(4);
    const destination = attributes.get(Route.destination);
    if (table !== mainTable || destination === undefined || payload.readUInt8(6) > onLink) return [];
    return [{ subnet: { base: destination.readUInt32BE(0), prefix: payload.readUInt8(1) }, link: attributes.get(Route.outputLink)?.readUInt32LE(0) ?? 0 }];
  });
}

function addressBytes(address: string): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(parseAddress(address)!, 0);
  return bytes;
}

function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

function cString(bytes: Buffer | undefined): string {
  return bytes?.toString('utf8').replace(/\0.*$/s, '') ?? '';
}
