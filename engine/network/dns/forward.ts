import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { decodeQuery, decodeReply, ResponseCode, sameQuestion } from './message.ts';
import { DnsFrames, frame } from './tcp-frames.ts';

/** `address`, or `address:port` and `[address]:port` where it is not 53. */
export type Upstream = string;

export interface ForwardOptions {
  transport: 'udp' | 'tcp';
  signal: AbortSignal;
  /** Milliseconds that each server gets. Clients give up after 5 s, so two servers must fit in. */
  timeout?: number;
}

/** Servers that are asked for one query; resolv.conf(5) names no more either. */
const mostServers = 3;

/**
 * Asks the machine's servers one after the other and returns the first reply that is one: a server that fails or refuses
 * is passed over while there is another. The query goes out under a new random id from a new random port, so that a
 * reply is hard to forge (RFC 5452).
 * @returns the reply with the query's own id, or null when no server answered.
 */
export async function forward(query: Buffer, servers: Upstream[], options: ForwardOptions): Promise<Buffer | null> {
  const id = query.readUInt16BE(0);
  let refusal: Buffer | null = null;
  for (const server of servers.slice(0, mostServers)) {
    const question = Buffer.from(query);
    question.writeUInt16BE(randomInt(65536), 0);
    const limit = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeout ?? 2000)]);
    const ask = options.transport === 'udp' ? askByUdp : askByTcp;
    const reply = await ask(question, server, limit).catch(() => null);
    options.signal.throwIfAborted();
    if (reply === null) continue;
    reply.writeUInt16BE(id, 0);
    const code = decodeReply(reply)?.code;
    if (code !== ResponseCode.serverFailure && code !== ResponseCode.refused && code !== ResponseCode.notImplemented) return reply;
    refusal = reply;
  }
  return refusal;
}

function askByUdp(query: Buffer, upstream: Upstream, signal: AbortSignal): Promise<Buffer> {
  const { host, port } = endpointOf(upstream);
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: isIPv6(host.split('%')[0]!) ? 'udp6' : 'udp4' });
    let finished = false;
    const finish = (settle: () => void) => {
      if (finished) return;
      finished = true;
      signal.removeEventListener('abort', abort);
      socket.close();
      settle();
    };
    const abort = () => finish(() => reject(signal.reason as Error));
    signal.addEventListener('abort', abort, { once: true });
    socket.on('error', (error) => finish(() => reject(error)));
    socket.on('message', (message) => {
      if (answers(message, query)) finish(() => resolve(Buffer.from(message)));
    });
    // Connected: the kernel drops what comes from anyone else and reports an unreachable port at once.
    socket.connect(port, host, (error?: Error) => {
      // Without a way to the server the callback has the error, and no event comes.
      if (error) finish(() => reject(error));
      else socket.send(query);
    });
    if (signal.aborted) abort();
  });
}

function askByTcp(query: Buffer, upstream: Upstream, signal: AbortSignal): Promise<Buffer> {
  const { host, port } = endpointOf(upstream);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const frames = new DnsFrames();
    const abort = () => socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    socket.on('connect', () => socket.write(frame(query)));
    socket.on('data', (chunk: Buffer) => {
      const reply = frames.push(chunk).find((message) => answers(message, query));
      if (reply === undefined) return;
      resolve(reply);
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      signal.removeEventListener('abort', abort);
      reject(new Error(`${upstream} closed the connection without an answer`));
    });
    if (signal.aborted) abort();
  });
}

function answers(message: Buffer, query: Buffer): boolean {
  const reply = decodeReply(message);
  const asked = decodeQuery(query);
  if (reply === null || asked === null || reply.id !== asked.id) return false;
  return reply.question === null ? reply.code !== ResponseCode.noError : sameQuestion(reply.question, asked.question);
}

function endpointOf(upstream: Upstream): { host: string; port: number } {
  const match = /^\[(.+)\]:(\d+)$/.exec(upstream) ?? /^([\d.]+):(\d+)$/.exec(upstream);
  return match === null ? { host: upstream, port: 53 } : { host: match[1]!, port: Number(match[2]) };
}
