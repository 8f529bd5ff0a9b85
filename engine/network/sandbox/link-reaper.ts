import { deleteLink, linkExists } from '../netlink/links.ts';
import { NetlinkSocket } from '../netlink/netlink-socket.ts';

/** Milliseconds between looks, and after which a link is deleted that something else keeps alive. */
const interval = 20;
const patience = 2000;

/**
 * Waits for the links of removed containers. The kernel deletes them with their namespace, many at a time and in the
 * background, which is far cheaper than deleting each (16 ms with the network locked). Until then an address must not be
 * given to another container: its old holder still answers for it.
 */
export class LinkReaper {
  readonly #socket = new NetlinkSocket();
  readonly #waiting = new Map<string, { since: number; done: () => void }>();
  #timer: NodeJS.Timeout | undefined;

  /** Resolves when the link is gone. */
  gone(link: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(link, { since: performance.now(), done: resolve });
      this.#timer ??= setTimeout(() => void this.#look(), interval);
    });
  }

  /** Those still waited for are left to the kernel. */
  close(): void {
    clearTimeout(this.#timer);
    for (const { done } of this.#waiting.values()) done();
    this.#waiting.clear();
    this.#socket.close();
  }

  async #look(): Promise<void> {
    for (const [link, { since, done }] of [...this.#waiting]) {
      // A process that outlived its container, or a container that shares the namespace, keeps the link.
      if (performance.now() - since > patience) await this.#socket.change([deleteLink(link)]).catch(() => undefined);
      if (linkExists(this.#socket, link)) continue;
      this.#waiting.delete(link);
      done();
    }
    this.#timer = this.#waiting.size === 0 ? undefined : setTimeout(() => void this.#look(), interval);
  }
}
