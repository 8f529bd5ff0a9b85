/** Which containers use which volumes. In memory: containers and their mounts are on record, and told again at start. */
export class VolumeUsers {
  readonly #byVolume = new Map<string, Set<string>>();

  add(volume: string, containerId: string): void {
    const users = this.#byVolume.get(volume) ?? new Set<string>();
    this.#byVolume.set(volume, users.add(containerId));
  }

  remove(volume: string, containerId: string): void {
    const users = this.#byVolume.get(volume);
    users?.delete(containerId);
    if (users?.size === 0) this.#byVolume.delete(volume);
  }

  of(volume: string): string[] {
    return [...(this.#byVolume.get(volume) ?? [])];
  }
}
