import type { ContainerStore } from './container-store.ts';
import { isRunning } from './container.ts';

/** Which image each container stands on, for those who remove images. */
export function listImageUsers(store: ContainerStore): { containerId: string; imageId: string; imageReference: string; running: boolean }[] {
  return store.list().map(({ id, record, state }) => ({
    containerId: id,
    imageId: record.image.id,
    imageReference: record.config.Image ?? '',
    running: isRunning(state),
  }));
}
