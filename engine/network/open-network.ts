import { existsSync, readFileSync } from 'node:fs';
import { dataPaths, type EngineConfig } from '../config.ts';
import type { EventSink } from '../containers/collaborators.ts';
import { messageOf } from '../errors.ts';
import { JsonStore } from '../store/json-store.ts';
import { Bridges, enableForwarding } from './drivers/bridges.ts';
import { LiveNetworks } from './drivers/live-networks.ts';
import { withMachineLock } from './drivers/machine-lock.ts';
import { Parents } from './drivers/parents.ts';
import { MachineResolver } from './dns/resolv-conf.ts';
import { defaultGateway } from './default-gateway.ts';
import { CarriedConnections } from './ports/carried-connections.ts';
import type { HostPorts } from './host-ports.ts';
import { NamespacePool } from './sandbox/namespace-pool.ts';
import { forgetFlows } from './netlink/conntrack.ts';
import { NetlinkSocket } from './netlink/netlink-socket.ts';
import { NamespaceDirectory } from './sandbox/netns.ts';
import { BridgeNetworkController } from './network-controller.ts';
import { NetworkStore } from './networks/network-store.ts';
import { Networks } from './networks/networks.ts';
import { RulesetWriter } from './nftables/nft.ts';
import { deleteTable } from './nftables/nfnetlink.ts';
import { PublishedPortMaps } from './nftables/published-ports.ts';
import { buildRuleset } from './nftables/ruleset.ts';
import { laneRange, Lanes } from './ports/lanes.ts';
import { PortPublisher } from './ports/port-publisher.ts';
import { parseSandboxRecord, type SandboxRecord } from './sandbox/sandbox-record.ts';

export interface NetworkOptions {
  config: Pick<EngineConfig, 'root' | 'execRoot' | 'guestPorts'>;
  hostPorts: HostPorts;
  /** Where {@link hostPorts} keeps the connections that it carries. */
  carried?: CarriedConnections;
  events: EventSink;
  log: (line: string) => void;
  /** Namespaces that wait, made up, for the next containers. */
  preparedNamespaces?: number;
  /** The machine's resolver configuration. */
  resolvConf?: string;
}

export interface EngineNetwork {
  controller: BridgeNetworkController;
  networks: Networks;
  /** Makes namespaces ahead of need. To be called when the API answers. */
  prepare(): void;
  /** Running containers keep their networks; without any, nothing is left on the machine. */
  close(): Promise<void>;
}

/**
 * QEMU's user network. Its gateway is the user's own computer, guarded on the other side: the app lets packets to it pass
 * only when the user allows it. The rest of the network is nobody's business here.
 */
const qemuNetwork = { gateway: '10.0.2.2', guest: '10.0.2.15', denied: ['10.0.2.0/31', '10.0.2.3-10.0.2.255'], inRouteTable: '\t0002000A\t' };

/** The network that the VM has of its hypervisor. Hyper-V's is another one after each start of the computer, and has no guard behind it (ADR 0019). */
function hypervisorNetwork(): { gateway: string; denied: string[]; lanes?: { from: string; at: string } } {
  const table = readFileSync('/proc/net/route', 'latin1');
  const gateway = defaultGateway(table) ?? qemuNetwork.gateway;
  return table.includes(qemuNetwork.inRouteTable) ? { gateway, denied: qemuNetwork.denied, lanes: { from: qemuNetwork.gateway, at: qemuNetwork.guest } } : { gateway, denied: [] };
}

/** `controller.restore` must be called before anything else. @throws InternalError when the kernel refuses (not root). */
export async function openNetwork(options: NetworkOptions): Promise<EngineNetwork> {
  const { config, hostPorts, events, log, carried = new CarriedConnections() } = options;
  const paths = dataPaths(config);
  const hypervisor = config.guestPorts.length > 0 ? hypervisorNetwork() : null;
  const inVm = hypervisor !== null;
  enableForwarding(4);
  const netlink = new NetlinkSocket();
  const filter = new NetlinkSocket('netfilter');
  const flows = new NetlinkSocket('conntrack');
  const bridges = new Bridges(netlink, config.root);
  const networks = new LiveNetworks(bridges, new Parents(netlink));
  const sandboxes = await JsonStore.open<SandboxRecord>(paths.sandboxes, { parse: parseSandboxRecord });
  // Engines that start in the same moment would find the same name and range free.
  const { table, store } = await withMachineLock(async () => {
    for (const name of bridges.abandoned()) {
      await bridges.remove(name);
      await removeTable(filter, tableOf(name));
    }
    const bridgeName = bridges.defaultName();
    const store = await NetworkStore.open(paths.network, { foreignSubnets: bridges.foreignSubnets(), bridgeName, inUse: sandboxes.size > 0 });
    await networks.bringUp(store.get('bridge'));
    return { table: tableOf(bridgeName), store };
  });
  const writer = new RulesetWriter();
  const publisher = new PortPublisher({
    hostPorts,
    maps: new PublishedPortMaps(filter, table),
    forgetFlows: (matches) => forgetFlows(flows, matches).catch((error: unknown) => log(`UDP clients may be led astray for a while: ${messageOf(error)}`)),
    ipv6: !inVm && existsSync('/proc/self/net/if_inet6'),
    ...(hypervisor?.lanes === undefined ? {} : { lanes: new Lanes() }),
  });
  const namespaces = new NamespaceDirectory(paths.netns);
  const pool = new NamespacePool(namespaces, options.preparedNamespaces ?? 2, log);
  const writeRuleset = () =>
    writer.apply(
      buildRuleset(table, {
        bridges: networks.rules(),
        published: publisher.list(),
        deniedDestinations: hypervisor?.denied ?? [],
        hostAccess: inVm ? 'deny' : 'allow',
        ...(hypervisor?.lanes === undefined ? {} : { lanes: { ...hypervisor.lanes, ...laneRange } }),
      }),
    );
  const machine = new MachineResolver(options.resolvConf);
  const controller = new BridgeNetworkController({ store, networks, bridges, sandboxes, namespaces, pool, publisher, carried, machine, netlink, events, writeRuleset, log, ...(inVm ? { hostGateway: hypervisor.gateway } : {}) });
  return {
    controller,
    networks: new Networks({ store, networks, controller, writer, table, events, foreignSubnets: () => bridges.foreignSubnets(), owner: config.root }),
    prepare: () => pool.fill(),
    async close() {
      await pool.close();
      await controller.settled();
      if (sandboxes.size === 0) {
        for (const record of store.list()) await networks.takeDown(record);
        await removeTable(filter, table);
      }
      await controller.close();
      netlink.close();
      filter.close();
      flows.close();
    },
  };
}

/** One table for each engine of a machine, called as its default bridge is. */
function tableOf(bridgeName: string): string {
  return bridgeName === 'slipway0' ? 'slipway' : bridgeName;
}

async function removeTable(filter: NetlinkSocket, table: string): Promise<void> {
  await filter.change([{ ...deleteTable('inet', table), accept: ['ENOENT'] }]);
}
