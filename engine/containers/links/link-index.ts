import { ChangeCount } from '../../lib/tasks/change-count.ts';
import type { ContainerRecord } from '../container.ts';

/** `--link` seen from the containers that are linked: what they are called, and by whom. Made of the records, and kept in memory alone. */
export class LinkIndex {
  /** Of containers that have links: alias → id. */
  readonly #parents = new Map<string, { name: string; targets: Map<string, string> }>();
  /** Linked container → `/web/database` of all who link it, sorted. A new list takes the place of one that has changed. */
  readonly #names = new Map<string, readonly string[]>();
  readonly #changes: ChangeCount;

  constructor(changes = new ChangeCount()) {
    this.#changes = changes;
  }

  /** To be called for every change of name or links. */
  put({ id, name, links = [] }: Pick<ContainerRecord, 'id' | 'name' | 'links'>): void {
    const before = this.#parents.get(id);
    if (before === undefined && links.length === 0) return;
    const targets = new Map(links.map(({ alias, containerId }) => [alias, containerId]));
    if (targets.size === 0) this.#parents.delete(id);
    else this.#parents.set(id, { name, targets });
    this.#changes.increase();
    for (const target of new Set([...(before?.targets.values() ?? []), ...targets.values()])) this.#rename(target);
  }

  delete(parentId: string): void {
    this.put({ id: parentId, name: '', links: [] });
  }

  /** Ids of those who link a container. */
  parentsOf(targetId: string): string[] {
    if (!this.#names.has(targetId)) return [];
    return [...this.#parents].filter(([, { targets }]) => [...targets.values()].includes(targetId)).map(([id]) => id);
  }

  /** `/web/database` … */
  namesOf(targetId: string): readonly string[] | undefined {
    return this.#names.get(targetId);
  }

  /** @param name `web/database` @returns the id of the linked one */
  find(name: string): { parentId: string; alias: string; targetId: string } | undefined {
    const slash = name.indexOf('/');
    if (slash < 0) return undefined;
    const [parent, alias] = [name.slice(0, slash), name.slice(slash + 1)];
    for (const [parentId, { name: parentName, targets }] of this.#parents) {
      const targetId = targets.get(alias);
      if (parentName === parent && targetId !== undefined) return { parentId, alias, targetId };
    }
    return undefined;
  }

  #rename(targetId: string): void {
    const names = [...this.#parents.values()].flatMap(({ name, targets }) =>
      [...targets].filter(([, id]) => id === targetId).map(([alias]) => `/${name}/${alias}`),
    );
    if (names.length === 0) this.#names.delete(targetId);
    else this.#names.set(targetId, names.sort());
  }
}
