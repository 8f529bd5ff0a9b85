import type { NetlinkRequest, NetlinkSocket } from '../netlink/netlink-socket.ts';
import { addressBytes } from '../addressing/addresses.ts';
import { changeElement, concatenated, portBytes } from './nfnetlink.ts';
import { hasElement, mapOf, routedSetOf, type Publication } from './ruleset.ts';

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
    const requests: NetlinkRequest[] = publications.filter(hasElement).map((publication) => {
      const { address, port: containerPort } = publication.target;
      const data = dataOf(publication);
      if (publication.port.hostPort === 0) return changeElement('inet', this.#table, routedSetOf(publication.port), concatenated(addressBytes(address), portBytes(containerPort)), data === undefined ? undefined : null);
      const { map, anyAddress } = mapOf(publication.port);
      const port = portBytes(publication.port.hostPort);
      const key = anyAddress ? port : concatenated(addressBytes(publication.port.hostIp), port);
      return changeElement('inet', this.#table, map, key, data);
    });
    if (requests.length > 0) await this.#socket.change(requests);
  }
}
