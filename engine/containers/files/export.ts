import { openReading } from '../../lib/confined/confined-threads.ts';
import type { OpenedReading } from '../../lib/confined/confined-threads.ts';
import { announce } from '../container-events.ts';
import { openRootfs } from './container-view.ts';
import type { ViewNeeds } from './container-view.ts';

/** `docker export`: the container's root file system as a tar, without volumes. */
export async function exportContainer(needs: ViewNeeds, reference: string): Promise<OpenedReading<null>> {
  const container = needs.store.resolve(reference);
  const { value, release } = await openRootfs(needs, container, (view) => openReading<null>(view, { kind: 'tree', form: 'plain' }));
  void value.over.then(release);
  announce(needs.events, container, 'export');
  return value;
}
