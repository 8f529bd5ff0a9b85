import type { ContainerView } from '../../format/engine/container.ts';
import { useTerminals } from '../../stores/containers/terminals.ts';

/** How many sessions the container has; nothing while it has none. */
export function SessionCount({ view: { id } }: { view: ContainerView }) {
  const count = useTerminals((state) => state.sessions.filter(({ containerId }) => containerId === id).length);
  return count === 0 ? null : count;
}
