import { attribute, decodeAttributes, nestedAttribute, NetlinkFlag, text, uint32 } from './message.ts';
import { NetlinkError, type NetlinkRequest, type NetlinkSocket } from './netlink-socket.ts';

/** Links as netlink requests. Source: rtnetlink(7), linux/if_link.h. */

const Message = { newLink: 16, deleteLink: 17, getLink: 18 } as const;
const Link = { address: 1, name: 3, mtu: 4, link: 5, master: 10, info: 18, alias: 20, namespaceFd: 28 } as const;
const LinkInfo = { kind: 1, data: 2, portKind: 4, portData: 5 } as const;
const BridgePort = { hairpin: 4, isolated: 33 } as const;
const vethPeer = 1;
const linkUp = 1;
const vlanId = 1;
/** IFLA_MACVLAN_MODE and IFLA_IPVLAN_MODE; the former's values are bits, 32 of them, the latter's 16 wide. */
const modeAttribute = 1;
const macvlanModes: Record<string, number> = { private: 1, vepa: 2, bridge: 4, passthru: 8 };
const ipvlanModes: Record<string, number> = { l2: 0, l3: 1, l3s: 2 };

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

/** Of a link that is down. */
export function renameLink(index: number, name: string): NetlinkRequest {
  return { type: Message.newLink, flags: 0, payload: Buffer.concat([linkHeader({ index }), attribute(Link.name, text(name))]), purpose: `call link ${index} ${name}` };
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

/** Ports of a bridge that are isolated reach the bridge and ports that are not, but not each other. */
export function setIsolated(name: string): NetlinkRequest {
  const port = nestedAttribute(LinkInfo.portData, attribute(BridgePort.isolated, Buffer.from([1])));
  const payload = Buffer.concat([linkHeader(), attribute(Link.name, text(name)), nestedAttribute(Link.info, attribute(LinkInfo.portKind, text('bridge')), port)]);
  return { type: Message.newLink, flags: 0, payload, purpose: `isolate ${name}` };
}

/** An interface of its own on a link of this machine, made in the namespace of an open file. Down. */
export function createSubinterface(options: { kind: 'macvlan' | 'ipvlan'; mode: string; parent: number; mtu: number; name: string; mac?: string; namespaceFd: number }): NetlinkRequest {
  const { kind, mode, name } = options;
  const modeValue = kind === 'macvlan' ? uint32(macvlanModes[mode]!) : Buffer.from([ipvlanModes[mode]!, 0]);
  const payload = Buffer.concat([
    linkHeader(),
    attribute(Link.name, text(name)),
    attribute(Link.mtu, uint32(options.mtu)),
    attribute(Link.link, uint32(options.parent)),
    attribute(Link.namespaceFd, uint32(options.namespaceFd)),
    // An ipvlan interface has its parent's.
    ...(options.mac === undefined || kind === 'ipvlan' ? [] : [attribute(Link.address, macBytes(options.mac))]),
    nestedAttribute(Link.info, attribute(LinkInfo.kind, Buffer.from(kind)), nestedAttribute(LinkInfo.data, attribute(modeAttribute, modeValue))),
  ]);
  return { type: Message.newLink, flags: NetlinkFlag.create | NetlinkFlag.exclusive, payload, purpose: `create ${kind} interface ${name}` };
}

/** `eth0.10`. Up. */
export function createVlan(options: { name: string; parent: number; id: number }): NetlinkRequest {
  const payload = Buffer.concat([
    linkHeader({ up: true }),
    attribute(Link.name, text(options.name)),
    attribute(Link.link, uint32(options.parent)),
    nestedAttribute(Link.info, attribute(LinkInfo.kind, Buffer.from('vlan')), nestedAttribute(LinkInfo.data, attribute(vlanId, Buffer.from([options.id & 255, options.id >> 8])))),
  ]);
  return { type: Message.newLink, flags: NetlinkFlag.create | NetlinkFlag.exclusive, payload, purpose: `create VLAN interface ${options.name}` };
}

/** A link that leads nowhere. Up. */
export function createDummy(name: string): NetlinkRequest {
  const payload = Buffer.concat([linkHeader({ up: true }), attribute(Link.name, text(name)), nestedAttribute(Link.info, attribute(LinkInfo.kind, Buffer.from('dummy')))]);
  return { type: Message.newLink, flags: NetlinkFlag.create | NetlinkFlag.exclusive, payload, purpose: `create dummy interface ${name}` };
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

function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

function cString(bytes: Buffer | undefined): string {
  return bytes?.toString('utf8').replace(/\0.*$/s, '') ?? '';
}
