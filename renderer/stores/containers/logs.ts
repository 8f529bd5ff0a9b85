import type { LogChunk } from '../../../contract/ipc.ts';
import { openStream, type IpcFailure } from '../../api.ts';
import { docker } from '../../format/engine/docker-command.ts';
import { t } from '../../i18n/i18n.ts';
import { beginCommand } from '../window/commands.ts';

export interface LogRequest {
  id: string;
  name: string;
  tail: number | 'all';
  /** Taken up again from this time on: no new line in the history. */
  since: string | undefined;
}

/** Follows a container's log until it is closed; answers the way to close it. */
export function openLog({ id, name, tail, since }: LogRequest, listeners: { onChunk(chunk: LogChunk): void; onEnd(failure: IpcFailure | undefined): void }): () => void {
  const command = since === undefined ? beginCommand(docker.logs(name, tail), `GET /containers/${name}/logs?follow=true&tail=${tail}`) : undefined;
  command?.live(t('actions:streaming'));
  const stream = openStream('containers/logs', { id, follow: true, tail, timestamps: true, ...(since === undefined ? {} : { since }) }, {
    onData: (chunk) => listeners.onChunk(chunk),
    onEnd: (failure) => {
      if (failure === undefined) command?.done(t('actions:ended'));
      else command?.failed(failure);
      listeners.onEnd(failure);
    },
  });
  return () => {
    stream.close();
    command?.done(t('actions:closed'));
  };
}
