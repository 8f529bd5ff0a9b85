import type { PortMap } from '../../../contract/engine-api/container.ts';
import type { Sandbox } from '../../containers/collaborators.ts';
import { endpointSettings, type Attachment, type Endpoint } from './endpoint.ts';
import type { PublishedPort } from '../ports/port-publisher.ts';

/** What a running container's network consists of: enough to take it over, or to remove it, after an engine restart. */
export interface SandboxRecord {
  containerId: string;
  containerName: string;
  /** Empty for who shares another's. */
  sandboxId: string;
  /** Path of the namespace that the container joins; null for the host's. */
  netns: string | null;
  /** Name of the namespace that is this sandbox's own to remove; absent with `host` and `container:…`. */
  namespace?: string;
  endpoints: Endpoint[];
  published: PublishedPort[];
  ports: PortMap;
  etcFiles: { source: string; destination: string }[];
  /** What its hosts file says of linked containers, by alias. */
  linkLines?: Record<string, string[]>;
  /** `--dns`, asked in place of the machine's servers. */
  dns: string[];
}

export function parseSandboxRecord(value: unknown): SandboxRecord {
  const record = value as Partial<SandboxRecord>;
  if (typeof record?.containerId !== 'string' || !Array.isArray(record.endpoints) || !Array.isArray(record.published)) throw new Error('it is no sandbox');
  for (const endpoint of record.endpoints) if (endpoint.attachment !== undefined) endpoint.attachment = currentAttachment(endpoint.attachment);
  return record as SandboxRecord;
}

/** Before there was IPv6, an attachment had one address, its prefix and one gateway. */
function currentAttachment(attachment: Attachment & { address?: string; prefix?: number; gateway?: string }): Attachment {
  if (attachment.address === undefined) return attachment;
  const { address, prefix, gateway = '', ...rest } = attachment;
  return { ...rest, index: 0, ipv4: `${address}/${prefix}`, gateway4: gateway, ipv6: '', gateway6: '' };
}

export function toSandbox(record: SandboxRecord): Sandbox {
  return {
    netns: record.netns,
    endpoints: Object.fromEntries(record.endpoints.map((endpoint) => [endpoint.networkName, endpointSettings(endpoint)])),
    ports: record.ports,
    etcFiles: record.etcFiles,
    sandboxId: record.sandboxId,
    sandboxKey: record.sandboxId === '' ? '' : (record.netns ?? ''),
  };
}
