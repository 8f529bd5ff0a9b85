import { create } from 'zustand';
import { asFailure, IpcFailure, openStream, type OpenStream } from '../api.ts';
import { docker } from '../format/engine/docker-command.ts';
import { advance, downloadedOf, noProgress, type PullProgress } from '../format/engine/pull-progress.ts';
import { familiarReference } from '../format/engine/reference.ts';
import { t } from '../i18n/i18n.ts';
import { beginCommand } from './window/commands.ts';
import { refreshImages } from './images.ts';
import { beginTask } from './window/tasks.ts';

/** A pull or a load under way, or one that failed and waits to be seen. */
export interface Transfer {
  key: string;
  kind: 'pull' | 'load';
  /** The reference, or the name of the file. */
  subject: string;
  progress: PullProgress;
  /** Bytes a second over the last seconds; undefined until there is something to measure. */
  rate: number | undefined;
  /** Of a load: bytes of the file given to the engine. */
  sent: number;
  size: number;
  failure: IpcFailure | undefined;
}

export const useTransfers = create<{ transfers: Transfer[] }>(() => ({ transfers: [] }));

const closers = new Map<string, () => void>();
let nextKey = 1;

function change(key: string, fields: (transfer: Transfer) => Partial<Transfer>): void {
  useTransfers.setState(({ transfers }) => ({
    transfers: transfers.map((transfer) => (transfer.key === key ? { ...transfer, ...fields(transfer) } : transfer)),
  }));
}

function drop(key: string): void {
  closers.delete(key);
  useTransfers.setState(({ transfers }) => ({ transfers: transfers.filter((transfer) => transfer.key !== key) }));
}

function begin(kind: Transfer['kind'], subject: string, size: number): string {
  const key = `${kind}-${nextKey++}`;
  const transfer: Transfer = { key, kind, subject, progress: noProgress, rate: undefined, sent: 0, size, failure: undefined };
  useTransfers.setState(({ transfers }) => ({ transfers: [...transfers, transfer] }));
  return key;
}

/** A rate over a sliding window: smooth enough to read, quick enough to show a stall. */
function rateMeter(): (bytes: number) => number | undefined {
  const samples: { at: number; bytes: number }[] = [];
  return (bytes) => {
    const at = performance.now();
    samples.push({ at, bytes });
    while (samples.length > 2 && at - (samples[0]?.at ?? at) > 3000) samples.shift();
    const [first] = samples;
    return first === undefined || at - first.at < 500 ? undefined : Math.max(0, ((bytes - first.bytes) / (at - first.at)) * 1000);
  };
}

/**
 * Pulls an image. Settles when it is here; a failure stays in the list of transfers until it is dismissed.
 * @returns undefined when it went well or was cancelled by the person, otherwise why not.
 */
export function pullImage(reference: string, platform?: string): Promise<{ outcome: 'done' } | { outcome: 'cancelled' } | { outcome: 'failed'; failure: IpcFailure }> {
  const subject = familiarReference(reference);
  const existing = useTransfers.getState().transfers.find((transfer) => transfer.kind === 'pull' && transfer.subject === subject);
  if (existing?.failure !== undefined) drop(existing.key);
  const key = begin('pull', subject, 0);
  const command = beginCommand(docker.pull(subject), `POST /images/create?fromImage=${subject}${platform === undefined ? '' : `&platform=${platform}`}`);
  const measure = rateMeter();
  const task = beginTask({ kind: 'pull', subject, route: { page: 'images' }, cancel: () => endTransfer(key), doneTitle: t('actions:pulled', { name: subject }), failedTitle: t('actions:notPulled', { name: subject }) });

  return new Promise((resolve) => {
    const stream = openStream('images/pull', { reference: subject, ...(platform === undefined ? {} : { platform }) }, {
      onData: (message) => {
        change(key, ({ progress }) => {
          const next = advance(progress, message);
          const { current, total } = downloadedOf(next);
          task.tell({ done: current, total });
          return { progress: next, rate: measure(downloadedOf(next).current) };
        });
      },
      onEnd: (ended) => {
        const error = useTransfers.getState().transfers.find((transfer) => transfer.key === key)?.progress.error;
        const failure = ended ?? (error === undefined ? undefined : new IpcFailure({ kind: 'internal', message: error }));
        void refreshImages();
        if (failure !== undefined) {
          command.failed(failure);
          task.failed(failure);
          closers.delete(key);
          change(key, () => ({ failure }));
          resolve({ outcome: 'failed', failure });
          return;
        }
        command.done();
        task.done();
        drop(key);
        resolve({ outcome: 'done' });
      },
    });
    closers.set(key, () => {
      stream.close();
      command.done(t('actions:cancelled'));
      task.cancelled();
      drop(key);
      void refreshImages();
      resolve({ outcome: 'cancelled' });
    });
  });
}

/** `docker load` of a file that was picked or dropped. Its bytes are read as fast as the engine takes them. */
export async function loadImage(file: File): Promise<void> {
  const key = begin('load', file.name, file.size);
  const command = beginCommand(docker.load(file.name), 'POST /images/load');
  const task = beginTask({ kind: 'load', subject: file.name, route: { page: 'images' }, cancel: () => endTransfer(key), doneTitle: t('actions:loaded', { name: file.name }), failedTitle: t('actions:notLoaded', { name: file.name }) });
  let isOver = false;
  const finish = (failure: IpcFailure | undefined): void => {
    if (isOver) return;
    isOver = true;
    void refreshImages();
    const transfer = useTransfers.getState().transfers.find((candidate) => candidate.key === key);
    const told = failure ?? (transfer?.progress.error === undefined ? undefined : new IpcFailure({ kind: 'invalid', message: transfer.progress.error }));
    if (told === undefined) {
      command.done();
      task.done(transfer?.progress.note);
      drop(key);
    } else {
      command.failed(told);
      task.failed(told);
      closers.delete(key);
      change(key, () => ({ failure: told }));
    }
  };

  const stream = openStream('images/load', { name: file.name, size: file.size }, {
    onData: (message) => change(key, ({ progress }) => ({ progress: advance(progress, message) })),
    onEnd: finish,
  });
  closers.set(key, () => {
    isOver = true;
    stream.close();
    command.done(t('actions:cancelled'));
    task.cancelled();
    drop(key);
  });
  await send(file, stream, (sent) => (change(key, () => ({ sent })), task.tell({ done: sent, total: file.size })), () => isOver, finish);
}

async function send(file: File, stream: OpenStream<'images/load'>, tell: (sent: number) => void, isOver: () => boolean, finish: (failure: IpcFailure) => void): Promise<void> {
  const reader = file.stream().getReader();
  try {
    let sent = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (isOver()) return;
      if (done) break;
      await stream.send(value);
      sent += value.length;
      tell(sent);
    }
    await stream.send({ type: 'end' });
  } catch (error) {
    // A stream that ended early tells its own reason; anything else is the file that could not be read.
    if (!isOver()) {
      stream.close();
      finish(asFailure(error));
    }
  } finally {
    void reader.cancel();
  }
}

/** Cancels one under way, or takes a failed one off the list. */
export function endTransfer(key: string): void {
  const close = closers.get(key);
  if (close === undefined) drop(key);
  else close();
}
