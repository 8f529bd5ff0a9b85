import { t } from '../../../i18n/i18n.ts';
import { parseMemory } from '../../../format/bytes.ts';
import type { ContainerView } from '../../../format/engine/container.ts';
import { nextFreePort, parsePort } from '../../../format/engine/ports.ts';
import { problemOfReference } from '../../../format/engine/reference.ts';
import { splitWords } from '../../../format/shell-words.ts';
import { filledEnv, filledPorts, filledVolumes, portPair, type RunDraft } from './draft.ts';

/** Why the draft cannot start as it is: a sentence, and what would settle it. */
export type ProblemGroup = 'image' | 'name' | 'ports' | 'env' | 'volumes' | 'limits' | 'command';

export interface Problem {
  /** The field (or the row's key) that is to change. */
  field: string;
  /** The group of the form, for "Go to Ports". */
  group: ProblemGroup;
  kind: 'wrong' | 'port-taken' | 'name-taken';
  sentence: string;
  /** Who holds the port or the name. */
  holder?: ContainerView;
  port?: number;
  /** What to take instead. */
  instead?: string;
}

export interface World {
  containers: readonly ContainerView[];
  /** Public ports in use by containers. */
  holders: ReadonlyMap<number, ContainerView>;
  /** Ports that the engine refused in this form because something else on this computer has them. */
  refusedPorts: ReadonlySet<number>;
  /** Made by this form's last try and never started; the next try replaces it. */
  leftover: string | undefined;
}

/** Problems are found before the start, from what the window knows; the engine has the last word. */
export function problemsOf(draft: RunDraft, world: World): Problem[] {
  const problems: Problem[] = [];
  const image = problemOfReference(draft.image);
  if (image !== undefined) problems.push({ field: 'image', group: 'image', kind: 'wrong', sentence: image });
  problems.push(...nameProblems(draft.name.trim(), world.containers.filter(({ id }) => id !== world.leftover)), ...portProblems(draft, world));

  for (const { key, name } of filledEnv(draft)) {
    if (/[=\s]/.test(name.trim())) problems.push({ field: key, group: 'env', kind: 'wrong', sentence: t('run:problems.envName', { name: name.trim() }) });
  }
  for (const { key, source, target } of filledVolumes(draft)) {
    if (!target.trim().startsWith('/')) problems.push({ field: key, group: 'volumes', kind: 'wrong', sentence: t('run:problems.target') });
    else if (source.trim() === '') problems.push({ field: key, group: 'volumes', kind: 'wrong', sentence: t('run:problems.volumeName') });
    else if (/[:]/.test(source.trim().replace(/^[A-Za-z]:(?=[\\/])/, '')) || target.includes(':')) problems.push({ field: key, group: 'volumes', kind: 'wrong', sentence: t('run:problems.colon') });
  }
  if (draft.memory.trim() !== '') {
    const bytes = parseMemory(draft.memory);
    if (bytes === undefined) problems.push({ field: 'memory', group: 'limits', kind: 'wrong', sentence: t('run:problems.size') });
    else if (bytes < 6 * 2 ** 20) problems.push({ field: 'memory', group: 'limits', kind: 'wrong', sentence: t('run:problems.memory') });
  }
  if (draft.cpus.trim() !== '' && !(Number(draft.cpus) > 0)) problems.push({ field: 'cpus', group: 'limits', kind: 'wrong', sentence: t('run:problems.cpus') });
  const command = splitWords(draft.command);
  if (!command.ok) problems.push({ field: 'command', group: 'command', kind: 'wrong', sentence: command.problem });
  return problems;
}

function nameProblems(name: string, containers: readonly ContainerView[]): Problem[] {
  if (name === '') return [];
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
    return [{ field: 'name', group: 'name', kind: 'wrong', sentence: t('run:problems.name') }];
  }
  const holder = containers.find((container) => container.name === name);
  if (holder === undefined) return [];
  return [{ field: 'name', group: 'name', kind: 'name-taken', sentence: '', holder, instead: freeName(name, containers) }];
}

function freeName(name: string, containers: readonly ContainerView[]): string {
  const taken = new Set(containers.map((container) => container.name));
  const base = name.replace(/-\d+$/, '');
  for (let number = 2; ; number++) {
    if (!taken.has(`${base}-${number}`)) return `${base}-${number}`;
  }
}

function portProblems(draft: RunDraft, { holders, refusedPorts }: World): Problem[] {
  const problems: Problem[] = [];
  const rows = filledPorts(draft);
  const own = rows.map(({ host }) => parsePort(host)).filter((port) => port !== undefined);
  const taken = new Set([...holders.keys(), ...refusedPorts, ...own]);
  for (const [index, row] of rows.entries()) {
    const { host, inside } = portPair(row);
    const wrong = (sentence: string): void => void problems.push({ field: row.key, group: 'ports', kind: 'wrong', sentence });
    if (parsePort(inside) === undefined) wrong(t('run:problems.port'));
    else if (host !== '') {
      const port = parsePort(host);
      if (port === undefined) wrong(t('run:problems.port'));
      else if (rows.slice(0, index).some((other) => parsePort(other.host) === port && other.protocol === row.protocol)) wrong(t('run:problems.twice', { port }));
      else if (holders.has(port) || refusedPorts.has(port)) {
        const holder = holders.get(port);
        const free = nextFreePort(port, taken);
        problems.push({ field: row.key, group: 'ports', kind: 'port-taken', sentence: '', port, ...(holder === undefined ? {} : { holder }), ...(free === undefined ? {} : { instead: String(free) }) });
      }
    }
  }
  return problems;
}
