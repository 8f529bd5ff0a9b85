import { readFile } from 'node:fs/promises';
import { ConflictError, InternalError, InvalidParameterError, messageOf } from '../errors.ts';
import { announce } from './container-events.ts';
import { CommandError, runCommand } from '../lib/processes/run-command.ts';
import { isRunning } from './container.ts';
import type { ContainerDependencies } from './dependencies.ts';

export interface TopResponse {
  Titles: string[];
  Processes: string[][];
}

/**
 * `docker top`: the machine's `ps`, its rows reduced to the container's processes.
 * @param psArguments `-ef` when empty; must show the column PID.
 */
export async function listProcesses(needs: Pick<ContainerDependencies, 'store' | 'tasks' | 'events'>, reference: string, psArguments: string): Promise<TopResponse> {
  const container = needs.store.resolve(reference);
  if (container.state.status === 'restarting') throw new ConflictError(`Container ${container.id} is restarting, wait until the container is running`);
  if (!isRunning(container.state)) throw new ConflictError(`Container ${container.id} is not running`);
  const args = psArguments === '' ? ['-ef'] : psArguments.split(/\s+/);
  // Source: moby daemon/top_unix.go: an option's value could otherwise pass for a column title.
  if (args.some((argument) => /\s/.test(argument) || /[^\x20-\x7e]/.test(argument))) throw new InvalidParameterError(`invalid ps arguments: ${psArguments}`);
  const pids = new Set((await needs.tasks.pids(container.id)).map(String));
  let output: string;
  try {
    output = (await runCommand('ps', args)).stdout;
  } catch (error) {
    if (psArguments === '') {
      announce(needs.events, container, 'top');
      return plainList(pids);
    }
    // Its first line says what is wrong; the others are help.
    const said = error instanceof CommandError ? (error.stderr.trim().split('\n', 1)[0] ?? '') : '';
    throw new InternalError(`ps: ${said === '' ? messageOf(error) : said}`, { cause: error });
  }
  const [header = '', ...lines] = output.trimEnd().split('\n');
  const titles = header.trim().split(/\s+/);
  const pidColumn = titles.indexOf('PID');
  if (pidColumn < 0) throw new InvalidParameterError("Couldn't find PID field in ps output");
  announce(needs.events, container, 'top');
  const rows = lines.map((line) => columns(line, titles.length));
  return { Titles: titles, Processes: rows.filter((row) => pids.has(row[pidColumn] ?? '')) };
}

/** The last column, the command, keeps its blanks. */
function columns(line: string, count: number): string[] {
  const words = line.trim().split(/\s+/);
  return [...words.slice(0, count - 1), words.slice(count - 1).join(' ')];
}

/** Where there is no `ps`, /proc itself tells the essentials. */
async function plainList(pids: Set<string>): Promise<TopResponse> {
  const rows: string[][] = [];
  for (const pid of pids) {
    try {
      const [status, command] = await Promise.all([readFile(`/proc/${pid}/status`, 'utf8'), readFile(`/proc/${pid}/cmdline`, 'utf8')]);
      const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? '';
      rows.push([field('Uid'), pid, field('PPid'), command.replaceAll('\0', ' ').trim() || `[${field('Name')}]`]);
    } catch {
      // It ended meanwhile.
    }
  }
  return { Titles: ['UID', 'PID', 'PPID', 'CMD'], Processes: rows };
}
