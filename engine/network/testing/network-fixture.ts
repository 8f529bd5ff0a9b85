import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { HostConfig } from '../../../contract/engine-api/container.ts';
import type { EndpointSettings } from '../../../contract/engine-api/network.ts';
import type { Sandbox, SandboxRequest } from '../../containers/collaborators.ts';
import { openNetwork, type EngineNetwork } from '../open-network.ts';
import { CarriedConnections } from '../ports/carried-connections.ts';
import { NativeHostPorts } from '../ports/native-host-ports.ts';
import { runIn } from './private-machine.ts';

export interface BoxOptions {
  name?: string;
  hostConfig?: HostConfig;
  endpoints?: Record<string, EndpointSettings>;
}

/** An engine's network on the test's private machine, with boxes in the place of containers. */
export class NetworkFixture {
  network!: EngineNetwork;
  readonly log: string[] = [];
  readonly events: string[] = [];
  readonly #folder: string;
  #carried = new CarriedConnections();
  #hostPorts = new NativeHostPorts(this.#carried);
  #number = 0;
  readonly #requests = new Map<string, SandboxRequest>();

  constructor(folder: string) {
    this.#folder = folder;
    writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\n');
  }

  async open(): Promise<void> {
    this.#carried = new CarriedConnections();
    this.#hostPorts = new NativeHostPorts(this.#carried);
    this.network = await openNetwork({
      config: { root: join(this.#folder, 'root'), execRoot: join(this.#folder, 'exec'), guestPorts: [] },
      hostPorts: this.#hostPorts,
      carried: this.#carried,
      events: { publish: (type, action, _id, attributes) => this.events.push(`${type} ${action} ${attributes.name ?? ''}`) },
      log: (line) => this.log.push(line),
      preparedNamespaces: 1,
      resolvConf: join(this.#folder, 'resolv.conf'),
    });
    await this.network.controller.restore([...this.#requests.values()]);
  }

  /** As a killed engine leaves things: its sockets close, the kernel's state stays. */
  async close(): Promise<void> {
    await this.network.close();
    await this.#hostPorts.close();
  }

  /** Takes all boxes and networks away. */
  async clear(): Promise<void> {
    for (const id of this.#requests.keys()) await this.network.controller.release(id);
    this.#requests.clear();
    await this.network.controller.settled();
    await this.network.networks.prune({});
  }

  async box(options: BoxOptions = {}): Promise<{ request: SandboxRequest; sandbox: Sandbox; netns: string }> {
    this.#number += 1;
    const containerId = this.#number.toString(16).padStart(64, 'c0ffee');
    const mode = options.hostConfig?.NetworkMode ?? 'bridge';
    const request: SandboxRequest = {
      containerId,
      containerName: options.name ?? `box${this.#number}`,
      config: { Hostname: containerId.slice(0, 12) },
      hostConfig: options.hostConfig ?? {},
      endpoints: { [mode]: {}, ...options.endpoints },
      directory: join(this.#folder, 'containers', containerId),
    };
    const sandbox = await this.network.controller.connect(request);
    this.#requests.set(containerId, request);
    return { request, sandbox, netns: sandbox.netns! };
  }
}

/** What a request from a namespace gets; empty when nothing comes within a second. */
export async function fetchIn(netns: string | null, url: string): Promise<string> {
  if (netns === null) return (await fetch(url, { headers: { connection: 'close' } })).text();
  const script = `setTimeout(() => process.exit(0), 1000); require('node:http').get(process.argv[1], (answer) => answer.on('data', (text) => process.stdout.write(text, () => process.exit(0)))).on('error', () => undefined)`;
  return (await runIn(netns, process.execPath, '-e', script, url)).stdout;
}

export async function pings(netns: string, address: string): Promise<boolean> {
  return (await runIn(netns, 'busybox', 'ping', ...(address.includes(':') ? ['-6'] : []), '-c', '1', '-W', '1', address)).exitCode === 0;
}
