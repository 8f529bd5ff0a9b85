import type { EventSink, ImageCommitter } from '../containers/collaborators.ts';
import { applyChanges } from './changes/apply-changes.ts';
import type { CreateCollaborators } from './create-image.ts';
import { createImage } from './create-image.ts';
import { familiarString } from './reference/reference.ts';
import { imageEvent } from './store/image-event.ts';
import { parseTarget } from './tag.ts';

/** See {@link ImageCommitter.commit}. Source: moby `daemon/commit.go`. */
export async function commitImage(to: CreateCollaborators & { events: EventSink }, options: Parameters<ImageCommitter['commit']>[0]): ReturnType<ImageCommitter['commit']> {
  const { target, changes, layer, ...image } = options;
  const references = target === '' ? [] : [parseTarget(target)];
  const config = applyChanges(options.config, changes);
  const made = await createImage(to, { ...image, config, references, layer: await layer() });
  for (const reference of references) imageEvent(to.events, 'tag', made, { name: familiarString(reference) });
  return { id: made.id, name: references.map(familiarString)[0] ?? '' };
}
