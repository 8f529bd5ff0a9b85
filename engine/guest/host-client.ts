import { Duplex } from 'node:stream';
import { toDuplex } from '../../contract/channel/duplex.ts';
import { parseHostAnswer, type ChannelPort, type HostAnswer, type HostRequest } from '../../contract/channel/host-requests.ts';
import { LineSplitter } from '../../contract/channel/lines.ts';
import type { ChannelSession } from '../../contract/channel/session.ts';
import { encodeTarget } from '../../contract/channel/target.ts';
import { ConflictError, InternalError, InvalidParameterError, messageOf, UnavailableError } from '../errors.ts';
import type { HostPorts } from '../network/host-ports.ts';

type RequestBody = HostRequest extends infer R ? (R extends HostRequest ? Omit<R, 'id'> : never) : never;

interface Pending {
  request: HostRequest;
  settle(answer: HostAnswer): void;
}

/** How long a request waits for the host, connection and answer together. */
const deadlineMs = 30_000;

/**
 * What the engine in the VM asks of the host, over the stream `host`: {@link HostPorts}, and its folders. Requests that the channel's loss cut off are asked
 * again on the next session; the host answers a second reservation of the same port as it answered the first.
 */
export class HostClient implements HostPorts {
  readonly #reserved = new Map<string, ChannelPort>();
  readonly #pending = new Map<number, Pending>();
  #duplex: Duplex | null = null;
  #nextId = 1;
  #mayRelease = false;

  /** A session that can carry requests; a second one while the first lives is not needed. */
  attach(session: ChannelSession): void {
    if (this.#duplex !== null) return;
    const duplex = toDuplex(session.open(encodeTarget({ kind: 'host' })), (handlers) => new Duplex(handlers));
    this.#duplex = duplex;
    const lines = new LineSplitter();
    duplex.setEncoding('utf8');
    duplex.on('data', (text: string) => {
      try {
        for (const line of lines.push(text)) this.#receive(line);
      } catch (error) {
        duplex.destroy(new Error(messageOf(error)));
      }
    });
    duplex.on('error', () => undefined);
    duplex.on('end', () => duplex.destroy());
    duplex.on('close', () => {
      if (this.#duplex === duplex) this.#duplex = null;
    });
    for (const { request } of this.#pending.values()) this.#send(request);
    if (this.#mayRelease) this.#sync();
  }

  get attached(): boolean {
    return this.#duplex !== null;
  }

  /** From now on the reservations known here are all there are: the host may release others of an earlier engine. */
  synchronise(): void {
    this.#mayRelease = true;
    if (this.#duplex !== null) this.#sync();
  }

  async reserve(port: ChannelPort): Promise<void> {
    const answer = await this.#ask({ method: 'ports.reserve', port });
    if (answer.ok) {
      this.#reserved.set(keyOf(port), port);
      return;
    }
    if (answer.code === 'taken') throw new ConflictError(answer.message);
    if (answer.code === 'invalid') throw new InvalidParameterError(answer.message);
    throw new InternalError(answer.message);
  }

  /**
   * Where a path of the host is below the mount of its shared folders.
   * @throws InvalidParameterError in the host's words when a container may not be given it, or nothing is there
   */
  async findFolder(path: string, create: boolean): Promise<string> {
    const answer = await this.#ask({ method: 'folders.find', path, create });
    if (answer.ok && answer.path !== undefined) return answer.path;
    throw !answer.ok && answer.code === 'invalid' ? new InvalidParameterError(answer.message) : new InternalError(answer.ok ? 'the host names no place' : answer.message);
  }

  async release(port: ChannelPort): Promise<void> {
    if (!this.#reserved.delete(keyOf(port))) return;
    const answer = await this.#ask({ method: 'ports.release', port });
    if (!answer.ok) throw new InternalError(answer.message);
  }

  #sync(): void {
    // Nobody waits for the answer; a host that is gone hears the whole list again when it is back.
    this.#ask({ method: 'ports.sync', ports: [...this.#reserved.values()] }).catch(() => undefined);
  }

  async #ask(body: RequestBody): Promise<HostAnswer> {
    const request: HostRequest = { ...body, id: this.#nextId++ };
    const { promise, resolve, reject } = Promise.withResolvers<HostAnswer>();
    const timer = setTimeout(() => reject(new UnavailableError(`the host did not answer ${request.method} within ${deadlineMs / 1000} s; is the app still running?`)), deadlineMs);
    this.#pending.set(request.id, { request, settle: resolve });
    this.#send(request);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#pending.delete(request.id);
    }
  }

  #send(request: HostRequest): void {
    this.#duplex?.write(`${JSON.stringify(request)}\n`);
  }

  #receive(line: string): void {
    const answer = parseHostAnswer(line);
    if (answer !== null) this.#pending.get(answer.id)?.settle(answer);
  }
}

function keyOf(port: ChannelPort): string {
  return `${port.protocol} ${port.hostIp} ${port.hostPort}`;
}
