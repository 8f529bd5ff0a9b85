import { create } from 'zustand';
import { asFailure, type IpcFailure } from '../../api.ts';
import { formatTook } from '../../format/age.ts';
import { t } from '../../i18n/i18n.ts';
import { saidByMain } from '../../i18n/said-by-main.ts';
import { commandText, type DockerCommand } from '../../format/engine/docker-command.ts';

/** One thing that was done, as the docker command that does the same. */
export interface CommandEntry {
  id: number;
  text: string;
  /** The API call behind it, where one call did it: `POST /containers/web/start`. */
  api: string | undefined;
  startedAt: number;
  /** `live`: it goes on by itself, as a log or a shell does. */
  status: 'running' | 'live' | 'done' | 'failed';
  /** `1.2 s`, `14 containers`, or the first line of the error. */
  result: string;
}

const keptAtMost = 200;
let nextId = 1;

/** Newest last; the strip shows the last one. Kept while the window is open, never written down: arguments may be private. */
export const useCommands = create<{ entries: CommandEntry[] }>(() => ({ entries: [] }));

function change(id: number, fields: Partial<CommandEntry>): void {
  useCommands.setState(({ entries }) => ({ entries: entries.map((entry) => (entry.id === id ? { ...entry, ...fields } : entry)) }));
}

export interface RunningCommand {
  /** `streaming`, `open`. */
  live(result: string): void;
  done(result?: string): void;
  failed(failure: IpcFailure): void;
}

/** @param api the call that does it, as `METHOD /path`. */
export function beginCommand(command: DockerCommand, api?: string): RunningCommand {
  const id = nextId++;
  const startedAt = Date.now();
  const entry: CommandEntry = { id, text: commandText(command), api, startedAt, status: 'running', result: t('actions:running') };
  useCommands.setState(({ entries }) => ({ entries: [...entries, entry].slice(-keptAtMost) }));
  return {
    live: (result) => change(id, { status: 'live', result }),
    done: (result) => change(id, { status: 'done', result: result ?? formatTook(Date.now() - startedAt) }),
    failed: (failure) => change(id, { status: 'failed', result: saidByMain(failure.message).split('\n', 1)[0] ?? '' }),
  };
}

/** Does it while the strip shows the command, then how it went. The failure goes on to the caller. */
export async function withCommand<T>(command: DockerCommand, action: () => Promise<T>, resultOf?: (value: T) => string, api?: string): Promise<T> {
  const running = beginCommand(command, api);
  try {
    const value = await action();
    running.done(resultOf?.(value));
    return value;
  } catch (error) {
    const failure = asFailure(error);
    running.failed(failure);
    throw failure;
  }
}
