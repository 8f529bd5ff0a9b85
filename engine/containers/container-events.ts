import type { EventSink } from './collaborators.ts';
import type { Container } from './container.ts';

/** Announces something about a container with moby's attributes: its labels, image and name, and those of the action. */
export function announce(events: EventSink, container: Container, action: string, attributes: Record<string, string> = {}): void {
  const { config, name } = container.record;
  events.publish('container', action, container.id, { ...config.Labels, image: config.Image ?? '', name, ...attributes });
}
