import type { EventSink } from '../../containers/collaborators.ts';
import type { StoredImage } from './image-store.ts';

/**
 * Publishes what happened to an image, with its labels and a name, as moby does (`daemon/images/image_events.go`).
 * @param about `id` and `name` where they are not the image's id
 */
export function imageEvent(events: EventSink, action: 'pull' | 'push' | 'load' | 'save' | 'import' | 'tag' | 'untag' | 'delete', image: StoredImage, about: { id?: string; name?: string } = {}): void {
  events.publish('image', action, about.id ?? image.id, { ...image.config.config.Labels, name: about.name ?? image.id });
}
