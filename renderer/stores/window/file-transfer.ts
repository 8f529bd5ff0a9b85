import type { OperationParams } from '../../../contract/engine-operation.ts';
import type { OperationOf } from '../../../contract/engine-operations.ts';
import { asFailure, openStream, type IpcFailure, type OpenStream, type ParamsOf } from '../../api.ts';
import type { DockerCommand } from '../../format/engine/docker-command.ts';
import { t } from '../../i18n/i18n.ts';
import { beginCommand } from './commands.ts';
import { apiCallOf } from './engine-action.ts';
import { beginTask, type NewTask } from './tasks.ts';

export type Outcome = { outcome: 'done' } | { outcome: 'cancelled' } | { outcome: 'failed'; failure: IpcFailure };

interface Transfer<O extends OperationOf<'bytes'> | OperationOf<'upload'>> extends Omit<NewTask, 'cancel'> {
  command: DockerCommand;
  operation: O;
  params: ParamsOf<O>;
}

/** What both directions share: the strip's line, the task, and one end. */
function begin(transfer: Transfer<OperationOf<'bytes'> | OperationOf<'upload'>>, settle: (outcome: Outcome) => void) {
  const command = beginCommand(transfer.command, apiCallOf(transfer.operation, transfer.params as OperationParams));
  const task = beginTask(transfer);
  let isOver = false;
  const once = (finish: () => void) => () => {
    if (isOver) return;
    isOver = true;
    finish();
  };
  return {
    tell: task.tell,
    isOver: () => isOver,
    done: once(() => {
      command.done();
      task.done();
      settle({ outcome: 'done' });
    }),
    failed: (failure: IpcFailure) =>
      once(() => {
        command.failed(failure);
        task.failed(failure);
        settle({ outcome: 'failed', failure });
      })(),
    cancelled: once(() => {
      command.done(t('actions:cancelled'));
      task.cancelled();
      settle({ outcome: 'cancelled' });
    }),
  };
}

/**
 * Keeps what a `bytes` operation answers as a file of the person's: the system's dialog in Electron, the browser's own download in the web
 * shell. Shows in strip and task centre; never rejects.
 */
export function saveToFile(transfer: Transfer<OperationOf<'bytes'>> & { fileName: string }): Promise<Outcome> {
  return new Promise((resolve) => {
    const run = begin(transfer, resolve);
    let isDismissed = false;
    const stream = openStream('engine/download', { operation: transfer.operation, params: transfer.params as OperationParams, fileName: safeFileName(transfer.fileName) }, {
      onData: (message) => {
        if (message.type === 'ready') followDownload(message.path);
        else if (message.type === 'saving') run.tell({ note: message.path });
        else if (message.type === 'dismissed') isDismissed = true;
        else run.tell({ done: message.bytes, total: message.total });
      },
      onEnd: (failure) => {
        if (isDismissed || failure?.kind === 'cancelled') run.cancelled();
        else if (failure !== undefined) run.failed(failure);
        else run.done();
      },
    });
    run.tell({
      cancel: () => {
        stream.close();
        run.cancelled();
      },
    });
  });
}

/** A link with `download`, pressed by itself: the page stays, the browser asks or saves as it was told to. */
export function followDownload(path: string): void {
  const link = document.createElement('a');
  link.href = path;
  link.download = '';
  link.click();
}

/** No folders, no control characters: names come from containers. */
export function safeFileName(name: string): string {
  const plain = name.replace(/[/\\\u0000-\u001f\u007f]/g, '_').replace(/^\.+/, '').slice(0, 200);
  return plain === '' ? 'download' : plain;
}

/**
 * Sends a file, or bytes as they are made, by an `upload` operation, as fast as the engine takes them. Shows in strip and task centre; never
 * rejects.
 * @param onLine hears each object of the engine's answer.
 */
export function uploadFile(transfer: Transfer<OperationOf<'upload'>> & { source: Blob | ReadableStream<Uint8Array>; size?: number; onLine?(line: unknown): void }): Promise<Outcome> {
  const { source } = transfer;
  const size = source instanceof Blob ? source.size : transfer.size;
  return new Promise((resolve) => {
    const run = begin(transfer, resolve);
    const stream = openStream('engine/upload', { operation: transfer.operation, params: transfer.params as OperationParams, ...(size === undefined ? {} : { size }) }, {
      onData: (message) => {
        if (message.type === 'line') transfer.onLine?.(message.line);
        else run.tell({ done: message.bytes, total: size });
      },
      onEnd: (failure) => {
        if (failure === undefined) run.done();
        else if (failure.kind === 'cancelled') run.cancelled();
        else run.failed(failure);
      },
    });
    run.tell({
      total: size,
      cancel: () => {
        stream.close();
        run.cancelled();
      },
    });
    void send(source instanceof Blob ? source.stream() : source, stream, run);
  });
}

async function send(source: ReadableStream<Uint8Array>, stream: OpenStream<'engine/upload'>, run: { isOver(): boolean; failed(failure: IpcFailure): void }): Promise<void> {
  const reader = source.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (run.isOver()) return;
      if (done) break;
      await stream.send(value);
    }
    await stream.send({ type: 'end' });
  } catch (error) {
    // A stream that ended early tells its own reason; anything else is the file that could not be read.
    if (run.isOver() || (error as Error).message === 'the stream has ended') return;
    stream.close();
    run.failed(asFailure(error));
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
