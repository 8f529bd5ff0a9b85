/** What a client may rely on, from the answers it was given. `unsure` is what was asked for and not answered. */
export type Presence = 'present' | 'absent' | 'unsure';

export interface ModelContainer {
  /** Every name that it may have: two after a rename that was not answered. */
  names: string[];
  id: string | undefined;
  presence: Presence;
  /** Every state that the answers allow. */
  states: Set<string>;
  /** Counts on stdout without end, or ends by itself with code 7. */
  counts: boolean;
  /** Of its present run. */
  pid: number | undefined;
  /** Files that were copied in. */
  files: Map<string, string>;
  /** A signal of ours may have decided the exit code. */
  signalled: boolean;
  /** Its exit code may have gone with shimd. */
  lost: boolean;
  /** A start did not succeed, or was not answered: its exit code may tell of that. */
  failed: boolean;
  /** The network of its creation, where that is one of the worker's. */
  ownNetwork: string | undefined;
  /** Networks that it was connected to or taken off again, after its creation. */
  networks: Map<string, Presence>;
}

/** A volume, a network or an image, by its name. */
export interface ModelThing {
  name: string;
  presence: Presence;
}

export interface Model {
  containers: ModelContainer[];
  volumes: ModelThing[];
  networks: ModelThing[];
  images: ModelThing[];
}

export function emptyModel(): Model {
  return { containers: [], volumes: [], networks: [], images: [] };
}

export function present<T extends { presence: Presence }>(things: readonly T[]): T[] {
  return things.filter(({ presence }) => presence === 'present');
}
