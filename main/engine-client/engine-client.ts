import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import type { InfoResponse, VersionResponse } from '../../contract/engine-api/system.ts';
import { containerCalls, type ContainerCalls } from './container-calls.ts';
import { toEngineFailure } from './engine-failure.ts';
import { execCalls, type ExecCalls } from './exec-calls.ts';
import { imageCalls, type ImageCalls } from './image-calls.ts';
import { operationCalls, type OperationCalls } from './operation-calls.ts';
import { StreamAgent } from './stream-agent.ts';

/**
 * Typed calls to a Docker engine, whichever: shapes are those of `contract/engine-api`. Every method throws
 * {@link import('../failure.ts').Failure} and nothing else.
 */
export interface EngineClient {
  info(): Promise<InfoResponse>;
  version(): Promise<VersionResponse>;
  /** The endless stream of JSON lines of `GET /events`; ends when the engine goes. Destroyed by its reader or by `signal`. */
  events(signal: AbortSignal): Promise<NodeJS.ReadableStream>;
  readonly containers: ContainerCalls;
  readonly images: ImageCalls;
  readonly exec: ExecCalls;
  readonly operations: OperationCalls;
}

/** Makes one call and words its error. The library comes at the first call: it takes 0.1 s, which the VM's start need not wait for. */
export type EngineCall = <T>(call: (docker: Docker) => Promise<unknown>) => Promise<T>;

/** @param open opens one byte stream to the engine's API; each request takes one. */
export function createEngineClient(open: () => Promise<Duplex>): EngineClient {
  let docker: Promise<Docker> | undefined;
  const call: EngineCall = async <T>(made: (docker: Docker) => Promise<unknown>) => {
    docker ??= connect(open);
    try {
      // The library's types describe moby's answers loosely; the contract's shapes are what this project holds itself to.
      return (await made(await docker)) as T;
    } catch (error) {
      throw toEngineFailure(error);
    }
  };
  return {
    info: () => call((docker) => docker.info()),
    version: () => call((docker) => docker.version()),
    events: (abortSignal) => call((docker) => docker.getEvents({ abortSignal })),
    containers: containerCalls(call),
    images: imageCalls(call),
    exec: execCalls(call),
    operations: operationCalls(new StreamAgent(open)),
  };
}

async function connect(open: () => Promise<Duplex>): Promise<Docker> {
  const { default: Dockerode } = await import('dockerode');
  // docker-modem reads DOCKER_HOST and its siblings although everything is given here, and throws when they are malformed.
  const hidden = Object.entries(process.env).filter(([name]) => name.startsWith('DOCKER_'));
  for (const [name] of hidden) delete process.env[name];
  try {
    // The socket path only keeps docker-modem from resolving a host; the agent decides where bytes go.
    const options: object = { socketPath: 'slipway', agent: new StreamAgent(open) };
    return new Dockerode(options);
  } finally {
    for (const [name, value] of hidden) process.env[name] = value;
  }
}
