import { create } from 'zustand';
import type { ImageInspect, ImageSummary } from '../../contract/engine-api/image.ts';
import { asFailure, callEngine, request, type IpcFailure } from '../api.ts';
import { docker } from '../format/engine/docker-command.ts';
import { familiarReference } from '../format/engine/reference.ts';
import { t } from '../i18n/i18n.ts';
import { sentences } from '../format/sentence.ts';
import { coalesce } from './coalesce.ts';
import { withCommand } from './window/commands.ts';
import { showToast } from './window/toasts.ts';

export interface ImagesState {
  status: 'unread' | 'ready';
  images: ImageSummary[];
  /** Bytes of all layers, each once however many images stand on it; undefined until {@link measureLayers} was answered. */
  layersSize: number | undefined;
  readAt: number | undefined;
  failure: IpcFailure | undefined;
  /** References or IDs that are being removed. */
  removing: Record<string, true>;
}

export const useImages = create<ImagesState>(() => ({ status: 'unread', images: [], layersSize: undefined, readAt: undefined, failure: undefined, removing: {} }));

export const refreshImages = coalesce(async () => {
  try {
    useImages.setState({ images: await request('images/list'), status: 'ready', readAt: Date.now(), failure: undefined });
  } catch (error) {
    useImages.setState({ failure: asFailure(error) });
  }
}, 100);

/** The engine answers the question for the size with the whole list: of more images than these that would be worth a long frame. */
const mostMeasured = 1000;

/** Asked when someone looks at the images: the sizes of single images do not add up where they share layers. */
export const measureLayers = coalesce(async () => {
  if (useImages.getState().images.length > mostMeasured) return useImages.setState({ layersSize: undefined });
  const layersSize = await callEngine('system.df', { type: ['image'] }).then(({ LayersSize }) => LayersSize, () => undefined);
  useImages.setState({ layersSize });
}, 1000);

/** Whether the image is on this computer, however it was spelled. */
export function findImage(images: readonly ImageSummary[], reference: string): ImageSummary | undefined {
  if (reference.trim() === '') return undefined;
  const wanted = familiarReference(reference);
  return images.find((image) => image.RepoTags?.some((tag) => familiarReference(tag) === wanted) || image.RepoDigests?.includes(reference.trim()));
}

export function inspectImage(id: string): Promise<ImageInspect> {
  return request('images/inspect', { id });
}

/** Removes tags (and each image with its last one), one after the other; what could not be removed is told for each. */
export async function removeImages(references: readonly string[], force = false): Promise<void> {
  const mark = (isRemoving: boolean): void =>
    useImages.setState(({ removing }) => ({ removing: Object.fromEntries([...Object.keys(removing).filter((key) => !references.includes(key)), ...(isRemoving ? references : [])].map((key) => [key, true as const])) }));
  mark(true);
  const path = references.length === 1 ? references.join() : `{${references.join(',')}}`;
  let refused = 0;
  await withCommand(
    docker.removeImages(references, force),
    async () => {
      let last: unknown;
      for (const reference of references) {
        try {
          await request('images/remove', { id: reference, force });
        } catch (error) {
          last = error;
          refused++;
          const failure = asFailure(error);
          showToast({ kind: 'trouble', title: t('actions:imageNotRemoved', { name: reference }), detail: sentences(failure.message, failure.hint) });
        }
      }
      if (refused > 0) throw last;
    },
    undefined,
    `DELETE /images/${path}${force ? '?force=true' : ''}`,
  ).catch(() => undefined);
  await refreshImages();
  mark(false);
}
