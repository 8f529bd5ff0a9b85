import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InternalError, messageOf } from '../../errors.ts';
import { bindMount, SyscallError, umount2, UmountFlag } from '../../lib/syscalls/files.ts';
import { CloneFlag, inNamespace, setns, unshare } from '../../lib/syscalls/process.ts';

const ownNamespace = '/proc/thread-self/ns/net';

/**
 * Network namespaces as files: a namespace is bind-mounted on a name, so that it lives without a process and crun can
 * join it by path.
 */
export class NamespaceDirectory {
  readonly #path: string;

  constructor(path: string) {
    mkdirSync(path, { recursive: true, mode: 0o711 });
    this.#path = path;
  }

  pathOf(name: string): string {
    return join(this.#path, name);
  }

  /**
   * Makes a namespace and runs `prepare` inside of it. `prepare` must be synchronous: the thread is back in its own
   * namespace when this returns.
   */
  create<T>(name: string, prepare: () => T): T {
    const path = this.pathOf(name);
    closeSync(openSync(path, 'wx', 0o444));
    const home = openSync(ownNamespace, 'r');
    try {
      unshare(CloneFlag.newNet);
      try {
        bindMount(ownNamespace, path);
        return prepare();
      } finally {
        setns(home, CloneFlag.newNet);
      }
    } catch (error) {
      this.remove(name);
      throw new InternalError(`cannot make a network namespace at ${path}: ${messageOf(error)}`, { cause: error });
    } finally {
      closeSync(home);
    }
  }

  /** Runs `work`, which must be synchronous, inside of a namespace. */
  inside<T>(name: string, work: () => T): T {
    return inNamespace(this.pathOf(name), CloneFlag.newNet, work);
  }

  /** False for a name without a file, and for a file whose mount a reboot took away. */
  isAlive(name: string): boolean {
    try {
      return statSync(this.pathOf(name)).dev === statSync(ownNamespace).dev;
    } catch {
      return false;
    }
  }

  /** Takes the name away; the namespace ends with its last process and socket. Idempotent. */
  remove(name: string): void {
    const path = this.pathOf(name);
    try {
      umount2(path, UmountFlag.detach);
    } catch (error) {
      const gone = error instanceof SyscallError && (error.code === 'ENOENT' || error.code === 'EINVAL');
      if (!gone) throw error;
    }
    rmSync(path, { force: true });
  }

  list(): string[] {
    return readdirSync(this.#path);
  }
}
