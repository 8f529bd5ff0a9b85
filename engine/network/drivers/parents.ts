import { InternalError, InvalidParameterError, messageOf } from '../../errors.ts';
import { createDummy, createVlan, deleteLink, listLinks, type LinkSummary } from '../netlink/links.ts';
import type { NetlinkSocket } from '../netlink/netlink-socket.ts';
import type { NetworkRecord, ParentConfig } from '../networks/network-record.ts';

/** Links of the machine on which macvlan and ipvlan networks stand. */
export class Parents {
  readonly #socket: NetlinkSocket;

  constructor(socket: NetlinkSocket) {
    this.#socket = socket;
  }

  /** Makes the parent where it is the engine's to make. @returns its index. @throws InvalidParameterError when it is missing. */
  async ensure(record: NetworkRecord): Promise<number> {
    const parent = record.parent!;
    const there = this.#find(parent.link);
    if (there !== undefined) return there.index;
    if (parent.made === undefined) throw new InvalidParameterError(`invalid subinterface vlan name ${parent.link}, example formatting is eth0.10`);
    try {
      await this.#socket.change([this.#creation(parent.link, parent.made)]);
    } catch (error) {
      if (error instanceof InvalidParameterError) throw error;
      throw new InternalError(`failed to create the parent interface ${parent.link} of network ${record.name}: ${messageOf(error)}`, { cause: error });
    }
    return this.#find(parent.link)!.index;
  }

  async remove(parent: ParentConfig): Promise<void> {
    if (parent.made !== undefined) await this.#socket.change([deleteLink(parent.link)]);
  }

  #creation(name: string, made: NonNullable<ParentConfig['made']>) {
    if (made.kind === 'dummy') return createDummy(name);
    const base = this.#find(made.of);
    if (base === undefined) throw new InvalidParameterError(`failed to find master interface ${made.of} on this machine for ${name}`);
    return createVlan({ name, parent: base.index, id: made.id });
  }

  #find(name: string): LinkSummary | undefined {
    return listLinks(this.#socket).find((link) => link.name === name);
  }
}
