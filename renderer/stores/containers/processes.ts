import { asFailure, callEngine, type IpcFailure } from '../../api.ts';

export interface ProcessTable {
  titles: string[];
  rows: string[][];
}

/** What is asked of `ps`: what a person looks for, each in a column of one word but the last. */
export const psArguments = '-eo pid,ppid,user,pcpu,rss,etime,args';

/** `docker top`. Engines whose machine has another `ps` (BusyBox) answer with its own columns. @throws {IpcFailure} */
export async function readProcesses(id: string): Promise<ProcessTable> {
  try {
    return tableOf(await callEngine('containers.top', { id, ps_args: psArguments }));
  } catch (error) {
    const failure: IpcFailure = asFailure(error);
    // 400 (this engine) or 500 (moby): that `ps` does not know these columns.
    if (failure.kind === 'not-found' || failure.kind === 'conflict' || failure.kind === 'unavailable') throw failure;
    return tableOf(await callEngine('containers.top', { id }));
  }
}

const tableOf = ({ Titles, Processes }: { Titles: string[]; Processes: string[][] | null }): ProcessTable => ({ titles: Titles, rows: Processes ?? [] });
