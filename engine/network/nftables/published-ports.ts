import type { NetlinkSocket } from '../netlink/netlink-socket.ts';
import { addressBytes } from '../addressing/addresses.ts';
import { changeElements, concatenated, portBytes, type ElementChange } from './nfnetlink.ts';
import { hasElement, laneMap, mapOf, routedSetOf, type Publication } from './ruleset.ts';

/** The maps of the engine's table that say where published ports lead. */
export class PublishedPortMaps {
  readonly #socket: NetlinkSocket;
  readonly #table: string;

  /** @param socket of the netfilter family, in the engine's namespace. */
  constructor(socket: NetlinkSocket, table: string) {
    this.#socket = socket;
    this.#table = table;
  }

  /** All or nothing. @throws NetlinkError */
  async add(publications: Publication[]): Promise<void> {
    await this.#change(publications, ({ target }) => concatenated(addressBytes(target.address), portBytes(target.port)));
  }

  /** All of them must be there. @throws NetlinkError */
  async remove(publications: Publication[]): Promise<void> {
    await this.#change(publications, () => undefined);
  }

  async #change(publications: Publication[], dataOf: (publication: Publication) => Buffer | undefined): Promise<void> {
    const changes = publications.flatMap((publication): ElementChange[] => {
      const data = dataOf(publication);
      const { lane } = publication.port;
      const own = hasElement(publication) ? [elementOf(publication, data)] : [];
      return lane === undefined ? own : [...own, { set: laneMap, key: portBytes(lane), data }];
    });
    if (changes.length > 0) await this.#socket.change(changeElements('inet', this.#table, changes));
  }
}

function elementOf({ port, target }: Publication, data: Buffer | undefined): ElementChange {
  if (port.hostPort === 0) return { set: routedSetOf(port), key: concatenated(addressBytes(target.address), portBytes(target.port)), data: data === undefined ? undefined : null };
  const { map, anyAddress } = mapOf(port);
  return { set: map, key: anyAddress ? portBytes(port.hostPort) : concatenated(addressBytes(port.hostIp), portBytes(port.hostPort)), data };
}
