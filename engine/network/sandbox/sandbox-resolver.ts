import { isIP } from 'node:net';
import { addressOfReverseName, RecordType, type Answer, type Question } from '../dns/message.ts';
import type { Resolver } from '../dns/dns-server.ts';
import type { NameRegistry } from '../dns/name-registry.ts';
import type { MachineResolver } from '../dns/resolv-conf.ts';
import type { NetworkStore } from '../networks/network-store.ts';
import { parseLink } from './link-names.ts';
import type { SandboxRecord } from './sandbox-record.ts';

/** What one container's resolver says: names of its own networks first, everything else from the machine's servers. */
export function sandboxResolver(sandbox: () => SandboxRecord, names: NameRegistry, networks: NetworkStore, machine: MachineResolver): Resolver {
  return {
    answer: (question) => answerFrom(sandbox(), names, question),
    upstreams() {
      const { endpoints, dns } = sandbox();
      const outside = endpoints.some((endpoint) => networks.find(endpoint.networkId)?.internal === false);
      if (!outside) return [];
      return dns.length > 0 ? dns : machine.config().servers;
    },
  };
}

function answerFrom(sandbox: SandboxRecord, names: NameRegistry, question: Question): Answer[] | undefined {
  for (const { networkId, networkName, asked } of sandbox.endpoints) {
    if (question.type === RecordType.ptr) {
      const address = addressOfReverseName(question.name);
      const name = address === null ? undefined : names.nameOf(networkId, address);
      if (name !== undefined) return [{ type: RecordType.ptr, name: `${name}.${networkName}` }];
      continue;
    }
    // `db` and `db.mynet` both mean the container on mynet. Source: moby libnetwork ResolveName.
    const suffix = `.${networkName.toLowerCase()}`;
    const short = question.name.toLowerCase().endsWith(suffix) ? question.name.slice(0, -suffix.length) : question.name;
    const addresses = linkedAddresses(asked.Links ?? [], short) ?? names.addresses(networkId, question.name) ?? names.addresses(networkId, short);
    if (addresses === undefined) continue;
    const wanted = { [RecordType.a]: 4, [RecordType.aaaa]: 6 }[question.type];
    // A name of ours without such a record has an empty answer: a name error would make clients give up on the A record too.
    const type = wanted === 4 ? RecordType.a : RecordType.aaaa;
    return shuffled(addresses.filter((address) => isIP(address) === wanted)).map((address) => ({ type, address }));

    /** `db:database` lets this container alone call db database. */
    function linkedAddresses(links: string[], name: string): string[] | undefined {
      const link = links.map(parseLink).find(({ alias }) => alias.toLowerCase() === name.toLowerCase());
      return link === undefined ? undefined : names.addresses(networkId, link.name);
    }
  }
  return undefined;
}

/** Clients take the first answer, so the order spreads them over containers that share an alias. */
function shuffled<T>(items: T[]): T[] {
  const result = [...items];
  for (let index = result.length - 1; index > 0; index -= 1) {
    const other = Math.floor(Math.random() * (index + 1));
    [result[index], result[other]] = [result[other]!, result[index]!];
  }
  return result;
}
