import type { Protocol } from '../ports/port-mapping.ts';
import { attribute, decodeAttributes, nestedAttribute } from './message.ts';
import type { NetlinkRequest, NetlinkSocket } from './netlink-socket.ts';

/**
 * Flows that the kernel remembers. A UDP client that never pauses keeps its flow alive, and with it where its datagrams go:
 * to this machine when nothing was published yet, or to an address that no container has any more. Integers are in network
 * order here. Source: linux/netfilter/nfnetlink_conntrack.h; moby libnetwork/iptables/conntrack.go.
 */

const subsystem = 1;
const Message = { get: 1, delete: 2 } as const;
const Flow = { original: 1, zone: 18 } as const;
const Tuple = { protocol: 2 } as const;
const Transport = { number: 1, destinationPort: 3 } as const;
const numbers = { tcp: 6, udp: 17 } as const;

/** What a flow was sent to, before any rewriting. */
export interface FlowMatch {
  protocol: Protocol;
  port: number;
}

/** Forgets flows that match one of these. @param socket of the `conntrack` kind, in the engine's namespace */
export async function forgetFlows(socket: NetlinkSocket, matches: FlowMatch[]): Promise<void> {
  if (matches.length === 0) return;
  const requests = ([2, 10] as const).flatMap((family) => {
    const header = Buffer.from([family, 0, 0, 0]);
    return socket.dump((subsystem << 8) | Message.get, header).flatMap(({ payload }): NetlinkRequest[] => {
      const attributes = decodeAttributes(payload.subarray(4));
      const tuple = attributes.get(Flow.original);
      if (tuple === undefined || !matches.some((match) => meets(tuple, match))) return [];
      const zone = attributes.get(Flow.zone);
      const parts = [nestedAttribute(Flow.original, tuple), ...(zone === undefined ? [] : [attribute(Flow.zone, zone)])];
      return [{ type: (subsystem << 8) | Message.delete, flags: 0, payload: Buffer.concat([header, ...parts]), purpose: 'forget a flow', accept: ['ENOENT'] }];
    });
  });
  if (requests.length > 0) await socket.change(requests);
}

function meets(tuple: Buffer, { protocol, port }: FlowMatch): boolean {
  const parts = decodeAttributes(tuple);
  const transport = decodeAttributes(parts.get(Tuple.protocol) ?? Buffer.alloc(0));
  return transport.get(Transport.number)?.[0] === numbers[protocol] && transport.get(Transport.destinationPort)?.readUInt16BE(0) === port;
}
