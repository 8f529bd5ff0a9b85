import { busybox } from '../material/names.ts';
import type { Api } from './api.ts';

export interface ContainerOptions {
  network?: 'bridge' | 'none';
  image?: string;
  name?: string;
}

export const forever = ['sleep', '1000000'];

/** @returns its id */
export async function createContainer(api: Api, command: readonly string[], options: ContainerOptions = {}): Promise<string> {
  const name = options.name === undefined ? '' : `?name=${options.name}`;
  const { Id } = await api.json<{ Id: string }>('POST', `/containers/create${name}`, {
    Image: options.image ?? busybox,
    Cmd: command,
    HostConfig: { NetworkMode: options.network ?? 'bridge' },
  });
  return Id;
}

export async function startContainer(api: Api, id: string): Promise<void> {
  await api.ok('POST', `/containers/${id}/start`);
}

/** @throws Error when it ends otherwise than well */
export async function waitForContainer(api: Api, id: string): Promise<void> {
  const { StatusCode } = await api.json<{ StatusCode: number }>('POST', `/containers/${id}/wait`);
  if (StatusCode !== 0) throw new Error(`container ${id} ended with ${StatusCode}`);
}

export async function removeContainer(api: Api, id: string): Promise<void> {
  await api.ok('DELETE', `/containers/${id}?force=1&v=1`);
}

/** A container that runs until it is removed. */
export async function runForever(api: Api, options: ContainerOptions = {}): Promise<string> {
  const id = await createContainer(api, forever, options);
  await startContainer(api, id);
  return id;
}

/** The work for each of many, `width` at a time. */
export async function eachOf<T>(items: Iterable<T>, width: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
