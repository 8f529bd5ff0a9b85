/** Which containers use which volumes. In memory: containers and their mounts are on record, and told again at start. */
export class VolumeUsers {
  readonly #byVolume = new Map<string, Set<string>>();
  readonly #works = new Map<string, { work: string }[]>();

  add(volume: string, containerId: string): void {
    const users = this.#byVolume.get(volume) ?? new Set<string>();
    this.#byVolume.set(volume, users.add(containerId));
  }

  remove(volume: string, containerId: string): void {
    const users = this.#byVolume.get(volume);
    users?.delete(containerId);
    if (users?.size === 0) this.#byVolume.delete(volume);
  }

  /** The engine itself works on the files, which is told as `work` to who wants the volume gone. @returns how it ends */
  beginWork(volume: string, work: string): () => void {
    const works = this.#works.get(volume) ?? [];
    this.#works.set(volume, works);
    const entry = { work };
    works.push(entry);
    return () => {
      works.splice(works.indexOf(entry), 1);
      if (works.length === 0 && this.#works.get(volume) === works) this.#works.delete(volume);
    };
  }

  workOn(volume: string): string | undefined {
    return this.#works.get(volume)?.[0]?.work;
  }

  of(volume: string): string[] {
    return [...(this.#byVolume.get(volume) ?? [])];
  }
}
