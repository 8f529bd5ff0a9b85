/** What the guest may send, decided frame by frame outside of the guest: root in there has no say in it. */
export interface GuardPolicy {
  /** The guest may reach this computer: `host.docker.internal`. */
  hostAccess: boolean;
  /** This computer's own IPv4 addresses, as numbers: what arrives on them from here arrives at this computer's programs. */
  ownAddresses: ReadonlySet<number>;
  /** Hears of each whole TCP packet to the gateway, and says whether it may pass although {@link hostAccess} is off: answers to what this app opened. Absent: none may. */
  forwarded?(port: number, flags: number): boolean;
}

const ipv4 = 0x0800;
const arp = 0x0806;
const ethernetHeader = 14;
const leastHeader = 20;
const tcp = 6;
const udp = 17;
const dnsPort = 53;
/** Both ports of a header. */
const leastPorts = 4;
/** Where a TCP header has its flags. */
const tcpFlags = 13;
/** MF and the fragment's offset. */
const fragmentBits = 0x3fff;

/** QEMU's user network. Its gateway stands for the loopback of this computer, its name server for this computer's. Source: QEMU documentation, "Using the user mode network stack". */
const slirp = { network: number(10, 0, 2, 0), mask: 0xffffff00, gateway: number(10, 0, 2, 2), nameServer: number(10, 0, 2, 3) } as const;

/** Ranges that are no place in the internet or the local network, and that slirp would take to this computer. */
const special: readonly { network: number; mask: number }[] = [
  { network: number(0, 0, 0, 0), mask: 0xff000000 },
  { network: number(127, 0, 0, 0), mask: 0xff000000 },
  { network: number(169, 254, 0, 0), mask: 0xffff0000 },
  // Multicast, reserved, broadcast.
  { network: number(224, 0, 0, 0), mask: 0xe0000000 },
];

/**
 * Whether an Ethernet frame may go on to slirp. ARP is answered by slirp itself; of the rest only IPv4 passes (slirp is
 * started without IPv6), by its destination alone: slirp opens a connection of this computer to wherever a packet goes.
 */
export function mayPass(frame: Uint8Array, policy: GuardPolicy): boolean {
  if (frame.length < ethernetHeader) return false;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const type = view.getUint16(12);
  if (type === arp) return true;
  if (type !== ipv4 || frame.length < ethernetHeader + leastHeader || frame[ethernetHeader]! >> 4 !== 4) return false;
  const destination = view.getUint32(ethernetHeader + 16);
  if (within(destination, slirp)) return mayPassInside(view, destination, policy);
  if (special.some((range) => within(destination, range))) return false;
  return policy.hostAccess || !policy.ownAddresses.has(destination);
}

/** Of slirp's own addresses the name server answers names, and the gateway is this computer. */
function mayPassInside(view: DataView, destination: number, policy: GuardPolicy): boolean {
  if (destination !== slirp.gateway && destination !== slirp.nameServer) return false;
  const headerLength = (view.getUint8(ethernetHeader) & 15) * 4;
  const protocol = view.getUint8(ethernetHeader + 9);
  const transport = ethernetHeader + headerLength;
  // A fragment does not say its port.
  const isWhole = (view.getUint16(ethernetHeader + 6) & fragmentBits) === 0 && headerLength >= leastHeader && view.byteLength >= transport + leastPorts;
  if (destination === slirp.nameServer) return isWhole && (protocol === udp || protocol === tcp) && view.getUint16(transport + 2) === dnsPort;
  const isAnswer = isWhole && protocol === tcp && view.byteLength > transport + tcpFlags && policy.forwarded?.(view.getUint16(transport + 2), view.getUint8(transport + tcpFlags)) === true;
  return policy.hostAccess || isAnswer;
}

export function parseIPv4(text: string): number | null {
  const octets = text.split('.').map(Number);
  return octets.length === 4 && octets.every((octet) => Number.isInteger(octet) && octet >= 0 && octet <= 255) ? number(octets[0]!, octets[1]!, octets[2]!, octets[3]!) : null;
}

function within(address: number, range: { network: number; mask: number }): boolean {
  return (address & range.mask) >>> 0 === range.network;
}

function number(one: number, two: number, three: number, four: number): number {
  return ((one << 24) | (two << 16) | (three << 8) | four) >>> 0;
}
