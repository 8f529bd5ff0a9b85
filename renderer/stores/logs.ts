import type { LogChunk } from '../../contract/ipc.ts';
import { openStream, type IpcFailure } from '../api.ts';
import { docker } from '../format/docker-command.ts';
import { beginCommand } from './commands.ts';

export interface LogRequest {
  id: string;
  name: string;
  follow: boolean;
  tail: number | 'all';
  /** Taken up again after a break: no new line in the history. */
  isRepeat: boolean;
}

/** Streams a container's log until it is closed; answers the way to close it. */
export function openLog({ id, name, follow, tail, isRepeat }: LogRequest, listeners: { onChunk(chunk: LogChunk): void; onEnd(failure: IpcFailure | undefined): void }): () => void {
  const command = isRepeat ? undefined : beginCommand(docker.logs(name, tail));
  command?.live('streaming');
  const stream = openStream('containers/logs', { id, follow, tail, timestamps: true }, {
    onData: (chunk) => listeners.onChunk(chunk),
    onEnd: (failure) => {
      if (failure === undefined) command?.done('ended');
      else command?.failed(failure);
      listeners.onEnd(failure);
    },
  });
  return () => {
    stream.close();
    command?.done('closed');
  };
}
