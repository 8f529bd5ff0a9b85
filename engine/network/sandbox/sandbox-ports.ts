import type { SandboxRequest } from '../../containers/collaborators.ts';
import { InternalError, InvalidParameterError, messageOf } from '../../errors.ts';
import type { NetworkStore } from '../networks/network-store.ts';
import { portMap, wantedPorts } from '../ports/port-mapping.ts';
import { bindingOf, isRoutedPort, type PortPublisher } from '../ports/port-publisher.ts';
import { outletOf } from './gateways.ts';
import type { SandboxRecord } from './sandbox-record.ts';

/** The published ports of sandboxes. */
export class SandboxPorts {
  readonly #store: NetworkStore;
  readonly #publisher: PortPublisher;

  constructor(parts: { store: NetworkStore; publisher: PortPublisher }) {
    this.#store = parts.store;
    this.#publisher = parts.publisher;
  }

  /** @throws InvalidParameterError, InternalError `failed to set up container networking: …` */
  async publish(record: SandboxRecord, request: SandboxRequest): Promise<void> {
    const wanted = wantedPorts(request.config, request.hostConfig);
    const found = outletOf(record.endpoints, (id) => this.#store.find(id));
    // As moby: where there is no way out nothing is published, and that is no error.
    if (wanted.length > 0 && found !== undefined) {
      try {
        record.published = await this.#publisher.publish({ id: record.containerId, name: record.containerName }, wanted, found.outlet);
      } catch (error) {
        const where = `endpoint ${record.containerName} (${found.endpoint.id})`;
        const words = `failed to set up container networking: driver failed programming external connectivity on ${where}: ${messageOf(error)}`;
        throw error instanceof InvalidParameterError ? new InvalidParameterError(words, { cause: error }) : new InternalError(words, { cause: error });
      }
    }
    record.ports = portMap(request.config, request.hostConfig, record.published.map((port) => ({ key: port.key, binding: bindingOf(port) })));
  }

  /** After a change of its networks, a container's ports lead to where its default route is. */
  async move(record: SandboxRecord, request: SandboxRequest): Promise<void> {
    const found = outletOf(record.endpoints, (id) => this.#store.find(id));
    const isRouted = record.published.some(isRoutedPort) || (found?.outlet.routed4 ?? false) || (found?.outlet.routed6 ?? false);
    if (record.published.length > 0 && found !== undefined && !isRouted) {
      record.published = await this.#publisher.retarget(record.published, found.outlet);
      return;
    }
    await this.#publisher.unpublish(record.published);
    record.published = [];
    await this.publish(record, request);
  }
}
