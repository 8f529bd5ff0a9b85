import { NetlinkSocket } from '../netlink/netlink-socket.ts';
import { addOutputChain, addPortRedirect, addTable, deleteTable, TransportProtocol } from './nfnetlink.ts';

const table = 'slipway_resolver';
const chain = 'output';
const dnsPort = 53;
/** Destination NAT comes before routing. Source: nft(8), `dstnat` at the output hook. */
const priority = -100;

/**
 * To be called inside a container's namespace: what goes to port 53 of the resolver's address goes to where it listens,
 * so that the container keeps port 53 for itself. @throws NetlinkError
 * @param options.replace the namespace has such rules already, of an earlier engine.
 */
export function redirectDns(address: string, ports: { udp: number; tcp: number }, options: { replace: boolean }): void {
  const socket = new NetlinkSocket('netfilter');
  try {
    socket.changeNow([
      addTable('ip', table),
      ...(options.replace ? [deleteTable('ip', table), addTable('ip', table)] : []),
      addOutputChain('ip', table, chain, priority),
      ...(['udp', 'tcp'] as const).map((name) =>
        addPortRedirect(table, chain, { address, protocol: TransportProtocol[name], port: dnsPort }, { address, port: ports[name] }),
      ),
    ]);
  } finally {
    socket.close();
  }
}
