import { asFailure, IpcFailure, openStream } from '../api.ts';
import type { ProgressMessage } from '../../contract/engine-api/progress.ts';
import { formatBytes } from '../format/bytes.ts';
import { splitReference } from '../format/engine/reference.ts';
import { sentences } from '../format/sentence.ts';
import { t } from '../i18n/i18n.ts';
import { refreshImages } from './images.ts';
import { beginCommand } from './window/commands.ts';
import { actOnEngine, apiCallOf } from './window/engine-action.ts';
import { saveToFile } from './window/file-transfer.ts';
import { beginTask } from './window/tasks.ts';
import { showToast } from './window/toasts.ts';

const trouble = (title: string, error: unknown): void => {
  const failure = asFailure(error);
  showToast({ kind: 'trouble', title, detail: sentences(failure.message, failure.hint) });
};

/** Gives an image one name more. */
export async function tagImage(image: string, reference: string): Promise<void> {
  const { name: repo, tag } = splitReference(reference);
  try {
    await actOnEngine({ command: ['docker', 'tag', image, reference], operation: 'images.tag', params: { image, repo, ...(tag === '' ? {} : { tag: tag.slice(1) }) } });
  } catch (error) {
    trouble(t('actions:notTagged', { name: image }), error);
  }
  await refreshImages();
}

/** @param all also images that have a name; otherwise only those that have none. */
export async function pruneImages(all: boolean): Promise<void> {
  try {
    await actOnEngine({
      command: ['docker', 'image', 'prune', '--force', ...(all ? ['--all'] : [])],
      operation: 'images.prune',
      params: { filters: { dangling: [String(!all)] } },
      resultOf: ({ SpaceReclaimed }) => formatBytes(SpaceReclaimed),
    });
  } catch (error) {
    trouble(t('actions:notPruned'), error);
  }
  await refreshImages();
}

/** `docker save` into a file of the person's: one image, or several that share their layers there. */
export function saveImages(references: readonly string[]): void {
  const [first = ''] = references;
  const subject = references.length === 1 ? first : t('images:several', { count: references.length });
  const fileName = references.length === 1 ? `${first.replace(/[^\w.-]+/g, '-')}.tar` : 'images.tar';
  void saveToFile({ kind: 'save', subject, command: ['docker', 'save', '--output', fileName, ...references], operation: 'images.save', params: { names: [...references] }, fileName, doneTitle: t('actions:saved', { name: subject }), failedTitle: t('actions:notSaved', { name: subject }) });
}

/** Sends an image to its registry, as a task that can be cancelled. The account goes with this one request and is kept nowhere. */
export function pushImage(reference: string, account: { username: string; password: string } | undefined): Promise<void> {
  const { name: image, tag } = splitReference(reference);
  const params = { image, ...(tag === '' ? {} : { tag: tag.slice(1) }) };
  const command = beginCommand(['docker', 'push', reference], apiCallOf('images.push', params));
  const task = beginTask({ kind: 'push', subject: reference, doneTitle: t('actions:pushed', { name: reference }), failedTitle: t('actions:notPushed', { name: reference }), cancel: () => cancel() });
  const sent = new Map<string, { current: number; total: number }>();
  let cancel = (): void => undefined;
  return new Promise((resolve) => {
    let refused: string | undefined;
    const stream = openStream('engine/lines', { operation: 'images.push', params: { ...params, ...(account === undefined ? {} : { auth: headerOf(account) }) } }, {
      onData: (line) => {
        const { id, status, progressDetail, error } = line as ProgressMessage;
        refused ??= error;
        if (id !== undefined && progressDetail?.total !== undefined) sent.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total });
        const layers = [...sent.values()];
        task.tell({ note: status ?? '', done: layers.reduce((sum, { current }) => sum + current, 0), total: layers.reduce((sum, { total }) => sum + total, 0) });
      },
      onEnd: (ended) => {
        const failure = ended ?? (refused === undefined ? undefined : new IpcFailure({ kind: 'internal', message: refused }));
        if (failure === undefined) {
          command.done();
          task.done();
        } else {
          command.failed(failure);
          task.failed(failure);
          trouble(t('actions:notPushed', { name: reference }), failure);
        }
        resolve();
      },
    });
    cancel = () => {
      stream.close();
      command.done(t('actions:cancelled'));
      task.cancelled();
      resolve();
    };
  });
}

/** `X-Registry-Auth`: base64url of JSON. Without an account `main` puts in the one that is signed in there. */
function headerOf(account: { username: string; password: string }): string {
  const bytes = new TextEncoder().encode(JSON.stringify(account));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_');
}
