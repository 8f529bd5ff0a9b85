import { messageOf } from '../../errors.ts';
import type { Container } from '../container.ts';
import { isRunning } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { sandboxRequest } from '../network-connections.ts';

/** A container that has just started may have another address: those that link it and run hear of it through their hosts files. */
export async function refreshLinks(needs: Pick<ContainerDependencies, 'store' | 'network' | 'log'>, started: Container): Promise<void> {
  for (const id of needs.store.links.parentsOf(started.id)) {
    const parent = needs.store.get(id);
    if (parent === undefined || !isRunning(parent.state)) continue;
    await needs.network.relink(sandboxRequest(needs, parent)).catch((error: unknown) => needs.log(`links of ${parent.name}: ${messageOf(error)}`));
  }
}
