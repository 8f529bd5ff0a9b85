import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type {
  ContainerCreateRequest,
  ContainerCreateResponse,
  ContainerInspect,
  ContainerSummary,
} from '../../contract/engine-api/container.ts';
import type { EngineCall } from './engine-client.ts';

export interface ContainerCalls {
  /** All containers, stopped ones too. */
  list(): Promise<ContainerSummary[]>;
  inspect(id: string): Promise<ContainerInspect>;
  create(request: ContainerCreateRequest, options?: { name?: string | undefined; platform?: string | undefined }): Promise<ContainerCreateResponse>;
  /** Already running is no error. */
  start(id: string): Promise<void>;
  /** Already stopped is no error. */
  stop(id: string): Promise<void>;
  restart(id: string): Promise<void>;
  kill(id: string, signal?: string): Promise<void>;
  pause(id: string): Promise<void>;
  unpause(id: string): Promise<void>;
  remove(id: string, options: { force?: boolean; volumes?: boolean }): Promise<void>;
  /** Bytes as the engine sends them: multiplexed frames, or raw when the container has a TTY. */
  logs(id: string, options: LogOptions): Promise<Readable>;
}

export interface LogOptions {
  follow: boolean;
  tail: number | 'all';
  timestamps: boolean;
  /** RFC 3339 with up to nine decimals. */
  since?: string | undefined;
  signal: AbortSignal;
}

export function containerCalls(call: EngineCall): ContainerCalls {
  return {
    list: () => call((docker) => docker.listContainers({ all: true })),
    inspect: (id) => call((docker) => docker.getContainer(id).inspect()),
    // dockerode's createContainer drops the answer's warnings, so the request goes to the library below it.
    create: (request, { name, platform } = {}) =>
      call((docker) =>
        dial(docker, {
          path: '/containers/create?',
          method: 'POST',
          options: { _query: { ...(name === undefined ? {} : { name }), ...(platform === undefined ? {} : { platform }) }, _body: request },
          statusCodes: { 200: true, 201: true },
        }),
      ),
    start: (id) => unlessAlready(call((docker) => docker.getContainer(id).start())),
    stop: (id) => unlessAlready(call((docker) => docker.getContainer(id).stop())),
    restart: (id) => call((docker) => docker.getContainer(id).restart()),
    kill: (id, signal) => call((docker) => docker.getContainer(id).kill(signal === undefined ? {} : { signal })),
    pause: (id) => call((docker) => docker.getContainer(id).pause()),
    unpause: (id) => call((docker) => docker.getContainer(id).unpause()),
    remove: (id, { force, volumes }) =>
      call((docker) => docker.getContainer(id).remove({ ...(force === true ? { force } : {}), ...(volumes === true ? { v: true } : {}) })),
    logs: (id, { follow, tail, timestamps, since, signal }) =>
      call((docker) =>
        docker.getContainer(id).logs({
          // dockerode streams only what follows; without this a whole log would be read into memory before it is answered.
          follow: true,
          _query: { follow, stdout: true, stderr: true, timestamps, tail, ...(since === undefined ? {} : { since: unixTime(since) }) },
          abortSignal: signal,
        } as { follow: true }),
      ),
  };
}

/** The API takes Unix seconds with a fraction; a double would not hold the nanoseconds, so the fraction stays text. */
function unixTime(time: string): string {
  const fraction = /\.(\d{1,9})/.exec(time)?.[1] ?? '0';
  return `${Math.floor(Date.parse(time) / 1000)}.${fraction.padEnd(9, '0')}`;
}

function dial(docker: Docker, request: object): Promise<unknown> {
  const modem = docker.modem as { dial(request: object, callback: (error: unknown, answer: unknown) => void): void };
  return new Promise((resolve, reject) => modem.dial(request, (error, answer) => (error == null ? resolve(answer) : reject(error as Error))));
}

/** 304: the container is already as asked for. */
async function unlessAlready(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if ((error as { status?: number }).status !== 304) throw error;
  }
}
