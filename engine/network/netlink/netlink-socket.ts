import { closeSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import { NetlinkFamily, netlinkSocket, receiveNow, sendInBackground, sendNow } from '../../lib/syscalls/socket.ts';
import { answerOf, decodeMessages, encodeMessage, NetlinkFlag, type NetlinkAnswer, type NetlinkReply } from './message.ts';

export interface NetlinkRequest {
  type: number;
  /** {@link NetlinkFlag} bits besides `request` and `acknowledge`. */
  flags: number;
  payload: Buffer;
  /** For the error message: `create veth0a1b2c3`. */
  purpose: string;
  /** Names of errors that are no failure: `EEXIST`, `ENODEV` … */
  accept?: string[];
}

/** The kernel's refusal of a change to the network. */
export class NetlinkError extends Error {
  readonly code: string;

  constructor(purpose: string, code: string, words: string | undefined) {
    super(`cannot ${purpose}: ${code}${words === undefined ? '' : ` (${words})`}`);
    this.name = 'NetlinkError';
    this.code = code;
  }
}

export type NetlinkKind = 'route' | 'netfilter' | 'conntrack';

/** Around the changes of one packet filter transaction. Source: linux/netfilter/nfnetlink.h. */
const Batch = { begin: 16, end: 17, nftables: Buffer.from([0, 0, 0, 10]) } as const;

/**
 * Changes links, addresses and routes (`route`), the packet filter (`netfilter`) or known flows (`conntrack`) of the network namespace in which it
 * was opened, from wherever it is used. The owner closes it: an open one keeps its namespace alive.
 */
export class NetlinkSocket {
  readonly #fd: number;
  readonly #kind: NetlinkKind;
  readonly #buffer = Buffer.alloc(64 * 1024);
  #sequence = 1;
  #last: Promise<unknown> = Promise.resolve();
  /** The change that waits for the main thread. A {@link dump} that comes before it finds its answers and must not lose them. */
  #background: { first: number; count: number; answers: Map<number, NetlinkAnswer> } | undefined;

  /** Opens one in the calling thread's namespace. */
  constructor(kind: NetlinkKind = 'route') {
    this.#fd = netlinkSocket(NetlinkFamily[kind === 'route' ? 'route' : 'netfilter']);
    this.#kind = kind;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /**
   * Sends requests together, off the main thread, and waits for all answers. Of `route` requests the kernel tries every
   * one even when an earlier one failed; `netfilter` requests are one transaction.
   * @throws NetlinkError for the first that failed.
   */
  change(requests: NetlinkRequest[]): Promise<void> {
    if (requests.length === 0) return Promise.resolve();
    const turn = this.#last.catch(() => undefined).then(async () => {
      const { bytes, first } = this.#encode(requests);
      const background = { first, count: requests.length, answers: new Map<number, NetlinkAnswer>() };
      this.#background = background;
      try {
        await sendInBackground(this.#fd, bytes);
        this.#finish(requests, first, background.answers);
      } finally {
        this.#background = undefined;
      }
    });
    this.#last = turn;
    return turn;
  }

  /** {@link change} on the calling thread, for the few calls that must not give way. */
  changeNow(requests: NetlinkRequest[]): void {
    const { bytes, first } = this.#encode(requests);
    sendNow(this.#fd, bytes);
    this.#finish(requests, first);
  }

  /** All objects of a kind; `payload` is the kind's empty header. */
  dump(type: number, payload: Buffer): NetlinkReply[] {
    const sequence = this.#sequence++;
    sendNow(this.#fd, encodeMessage(type, NetlinkFlag.request | NetlinkFlag.dump, sequence, payload));
    const found: NetlinkReply[] = [];
    for (;;) {
      for (const reply of decodeMessages(receiveNow(this.#fd, this.#buffer))) {
        const answer = answerOf(reply);
        if (reply.sequence !== sequence) {
          this.#keep(reply.sequence, answer);
          continue;
        }
        if (answer === undefined) found.push(reply);
        else if (answer.errno !== 0) throw new NetlinkError('list the network', errorName(answer.errno), answer.words);
        else return found;
      }
    }
  }

  #encode(requests: NetlinkRequest[]): { bytes: Buffer; first: number } {
    const first = this.#sequence;
    this.#sequence += requests.length;
    const flags = NetlinkFlag.request | NetlinkFlag.acknowledge;
    const messages = requests.map((request, index) => encodeMessage(request.type, request.flags | flags, first + index, request.payload));
    if (this.#kind !== 'netfilter') return { first, bytes: Buffer.concat(messages) };
    const frame = (type: number) => encodeMessage(type, NetlinkFlag.request, 0, Batch.nftables);
    return { first, bytes: Buffer.concat([frame(Batch.begin), ...messages, frame(Batch.end)]) };
  }

  /** The kernel has answered everything when send returned. */
  #finish(requests: NetlinkRequest[], first: number, answers = new Map<number, NetlinkAnswer>()): void {
    while (answers.size < requests.length) {
      for (const reply of decodeMessages(receiveNow(this.#fd, this.#buffer))) {
        const answer = answerOf(reply);
        if (answer === undefined) continue;
        // An error about the transaction itself: nothing in it was tried.
        if (reply.sequence === 0) throw new NetlinkError(requests[0]!.purpose, errorName(answer.errno), answer.words);
        if (reply.sequence >= first && reply.sequence < first + requests.length) answers.set(reply.sequence - first, answer);
        else this.#keep(reply.sequence, answer);
      }
    }
    for (const [index, request] of requests.entries()) {
      const answer = answers.get(index);
      if (answer === undefined || answer.errno === 0) continue;
      const code = errorName(answer.errno);
      if (request.accept?.includes(code) !== true) throw new NetlinkError(request.purpose, code, answer.words);
    }
  }

  #keep(sequence: number, answer: NetlinkAnswer | undefined): void {
    const waiting = this.#background;
    if (waiting === undefined || answer === undefined || sequence < waiting.first || sequence >= waiting.first + waiting.count) return;
    waiting.answers.set(sequence - waiting.first, answer);
  }
}

function errorName(errno: number): string {
  try {
    return getSystemErrorName(-errno);
  } catch {
    return `errno ${errno}`;
  }
}
