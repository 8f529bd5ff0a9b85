import type { Duplex } from 'node:stream';
import type { ExecCreateRequest, ExecInspect } from '../../contract/engine-api/exec.ts';
import type { EngineCall } from './engine-client.ts';

export interface ExecCalls {
  /** Answers the exec's id. Nothing runs until it is started. */
  create(containerId: string, request: ExecCreateRequest): Promise<string>;
  /**
   * Starts with stdin, stdout and stderr joined over the taken-over connection: raw bytes with a TTY, multiplexed frames
   * without. The stream ends when the process has ended.
   */
  start(execId: string, options: { tty: boolean }): Promise<Duplex>;
  /** Starts without joining it. */
  startDetached(execId: string): Promise<void>;
  resize(execId: string, size: { columns: number; rows: number }): Promise<void>;
  inspect(execId: string): Promise<ExecInspect>;
}

export function execCalls(call: EngineCall): ExecCalls {
  return {
    create: async (containerId, request) => {
      const exec = await call<{ id: string }>((docker) =>
        docker.getContainer(containerId).exec(request as Parameters<ReturnType<typeof docker.getContainer>['exec']>[0]),
      );
      return exec.id;
    },
    start: (execId, { tty }) => call((docker) => docker.getExec(execId).start({ hijack: true, stdin: true, Detach: false, Tty: tty })),
    startDetached: async (execId) => {
      const answer = await call<NodeJS.ReadableStream>((docker) => docker.getExec(execId).start({ Detach: true }));
      answer.resume();
    },
    resize: (execId, { columns, rows }) => call((docker) => docker.getExec(execId).resize({ h: rows, w: columns })),
    inspect: (execId) => call((docker) => docker.getExec(execId).inspect()),
  };
}
