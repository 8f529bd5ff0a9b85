import { create } from 'zustand';
import type { ImageInspect, ImageSummary } from '../../contract/engine-api/image.ts';
import { asFailure, request, type IpcFailure } from '../api.ts';
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
  readAt: number | undefined;
  failure: IpcFailure | undefined;
  /** References or IDs that are being removed. */
  removing: Record<string, true>;
}

export const useImages = create<ImagesState>(() => ({ status: 'unread', images: [], readAt: undefined, failure: undefined, removing: {} }));

export const refreshImages = coalesce(async () => {
  try {
    useImages.setState({ images: await request('images/list'), status: 'ready', readAt: Date.now(), failure: undefined });
  } catch (error) {
    useImages.setState({ failure: asFailure(error) });
  }
}, 100);

/** Whether the image is on this computer, however it was spelled. */
export function findImage(images: readonly ImageSummary[], reference: string): ImageSummary | undefined {
  if (reference.trim() === '') return undefined;
  const wanted = familiarReference(reference);
  return images.find((image) => image.RepoTags?.some((tag) => familiarReference(tag) === wanted) || image.RepoDigests?.includes(reference.trim()));
}

export function inspectImage(id: string): Promise<ImageInspect> {
  return request('images/inspect', { id });
}

/** Removes a tag (and the image with the last one). */
export async function removeImage(reference: string, force: boolean): Promise<void> {
  useImages.setState(({ removing }) => ({ removing: { ...removing, [reference]: true } }));
  try {
    await withCommand(docker.removeImages([reference], force), () => request('images/remove', { id: reference, force }), undefined, `DELETE /images/${reference}${force ? '?force=true' : ''}`);
  } catch (error) {
    const failure = asFailure(error);
    showToast({ kind: 'trouble', title: t('actions:imageNotRemoved', { name: reference }), detail: sentences(failure.message, failure.hint) });
  }
  await refreshImages();
  useImages.setState(({ removing }) => ({ removing: Object.fromEntries(Object.entries(removing).filter(([key]) => key !== reference)) as Record<string, true> }));
}
