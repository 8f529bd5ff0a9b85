import type { Readable } from 'node:stream';
import { readInView } from '../../lib/confined/confined-threads.ts';
import { announce } from '../container-events.ts';
import { openRootfs } from './container-view.ts';
import type { ViewNeeds } from './container-view.ts';

/** `docker export`: the container's root file system as a tar, without volumes. The caller destroys the stream. */
export async function exportContainer(needs: ViewNeeds, reference: string): Promise<Readable> {
  const container = needs.store.resolve(reference);
  const { value, release } = await openRootfs(needs, container, (view) => readInView(view, { kind: 'tree', form: 'plain' }));
  value.stream.once('close', () => void release());
  announce(needs.events, container, 'export');
  return value.stream;
}
