import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { guestPath } from './guest-path.ts';

/** One folder of this computer that containers may be given. */
export interface Share {
  /** Where it is in the VM. */
  guestPath: string;
  /** Where it is here, links resolved. */
  hostPath: string;
  readOnly: boolean;
  /** Names in it that begin with a dot are no part of it. */
  hidesDots: boolean;
}

/** What a path in the VM is: in a shared folder, on the way to one, or neither. */
export type Place = { kind: 'shared'; share: Share } | { kind: 'way' } | { kind: 'none' };

/**
 * Of `sharedFolders`, where the settings have none: the home folder, so that `-v "$PWD":/src` works at once. What lies in it under a name with a dot
 * (keys, accounts, this app's own state) is not part of it: it has to be shared by itself.
 */
export const usualSharedFolders = (): string[] => [homedir()];

/** `/home/me/project` or `/home/me/project:ro` */
export function parseSharedFolder(entry: string): { path: string; readOnly: boolean } {
  return entry.endsWith(':ro') ? { path: entry.slice(0, -3), readOnly: true } : { path: entry, readOnly: false };
}

/** Which folders containers may be given; the only place that decides it. Changes as a whole, so that nobody sees half of a change. */
export class Shares {
  readonly #withheld: string[];
  readonly #home: string;
  #list: Share[] = [];
  #epoch = 0;

  /** @param withheld paths of this computer that no share ever includes */
  constructor(withheld: readonly string[] = [], home = homedir()) {
    this.#withheld = withheld.map((path) => guestPath(resolved(path)));
    this.#home = resolved(home);
  }

  /** Rises with each change: what was decided under another one is to be decided anew. */
  get epoch(): number {
    return this.#epoch;
  }

  /** @param entries as the settings have them */
  replace(entries: readonly string[]): void {
    this.#list = entries.map(parseSharedFolder).map(({ path, readOnly }) => {
      const real = resolved(path);
      return { guestPath: guestPath(real), hostPath: real, readOnly, hidesDots: real === this.#home };
    });
    this.#epoch++;
  }

  /** @param path in the VM, without `.` and `..` */
  placeOf(path: string): Place {
    if (this.#withheld.some((withheld) => isWithin(path, withheld))) return { kind: 'none' };
    // The longest: a share in a share may be more, or less, than what is around it.
    let share: Share | undefined;
    for (const one of this.#list) if (isWithin(path, one.guestPath) && (share === undefined || one.guestPath.length > share.guestPath.length)) share = one;
    if (share !== undefined && !(share.hidesDots && path.charAt(share.guestPath === '/' ? 1 : share.guestPath.length + 1) === '.')) return { kind: 'shared', share };
    return this.#list.some((one) => isWithin(one.guestPath, path)) ? { kind: 'way' } : { kind: 'none' };
  }

  /** Names below a folder that lead to shares. */
  waysFrom(path: string): string[] {
    const start = path === '/' ? 1 : path.length + 1;
    const below = this.#list.filter((one) => one.guestPath !== path && isWithin(one.guestPath, path));
    return [...new Set(below.map((one) => one.guestPath.slice(start).split('/', 1)[0]!))];
  }
}

/** Whether `path` is `folder` or lies in it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

function resolved(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    // One that is not there yet may come.
    return path;
  }
}
