import type { JsonStore } from '../../store/json-store.ts';
import type { Bridges } from '../drivers/bridges.ts';
import { deleteLink } from '../netlink/links.ts';
import type { NetlinkSocket } from '../netlink/netlink-socket.ts';
import type { NamespaceDirectory } from './netns.ts';
import type { SandboxRecord } from './sandbox-record.ts';

export interface LeftoverPlaces {
  sandboxes: JsonStore<SandboxRecord>;
  namespaces: NamespaceDirectory;
  bridges: Bridges;
  netlink: NetlinkSocket;
  log: (line: string) => void;
}

/** What no record names: links on the engine's bridges and namespaces. A crash in the middle of a start leaves them. */
export async function removeLeftovers({ sandboxes, namespaces, bridges, netlink, log }: LeftoverPlaces): Promise<void> {
  const records = sandboxes.list();
  const names = new Set(records.map((record) => record.namespace));
  const links = new Set(records.flatMap((record) => record.endpoints.map((endpoint) => endpoint.attachment?.link)));
  const stale = namespaces.list().filter((name) => !names.has(name));
  const dangling = bridges.ports().filter((link) => !links.has(link.name));
  for (const name of stale) namespaces.remove(name);
  if (dangling.length > 0) await netlink.change(dangling.map((link) => deleteLink(link.name)));
  if (stale.length + dangling.length > 0) log(`removed ${stale.length} network namespaces and ${dangling.length} links of containers that are gone`);
}
