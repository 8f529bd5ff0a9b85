import { closeSync, constants, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** What a server needs to go on serving a mount that another one served: numbers that the guest's kernel has, and what they stand for. */
export interface SavedServer {
  nextNode: number;
  nextHandle: number;
  /** Parents first: number, parent's number (0: none), name, kind, lookups. */
  nodes: [number, number, string, number, number][];
  /** Handle, node, the guest's flags; a folder has none. */
  open: [number, number, number | null][];
}

interface Saved extends SavedServer {
  version: 1;
  session: string;
}

/** Where an app leaves what the next one needs for a VM that stays suspended in between. It holds for one mount, which proves itself by its number. */
export class SavedSession {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** On the disk when it returns. */
  write(session: string, server: SavedServer): void {
    const part = `${this.#path}.part`;
    const fd = openSync(part, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o600);
    try {
      writeFileSync(fd, JSON.stringify({ version: 1, session, ...server } satisfies Saved));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(part, this.#path);
  }

  /** The one who wrote it goes on itself. */
  discard(): void {
    rmSync(this.#path, { force: true });
  }

  /** Once, and undefined for another mount's. */
  take(session: string): SavedServer | undefined {
    let saved: Saved;
    try {
      saved = JSON.parse(readFileSync(this.#path, 'utf8')) as Saved;
      rmSync(this.#path, { force: true });
    } catch {
      return undefined;
    }
    return saved.version === 1 && saved.session === session ? saved : undefined;
  }
}
