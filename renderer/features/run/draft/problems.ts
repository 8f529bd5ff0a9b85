import { t } from '../../../i18n/i18n.ts';
import type { ContainerView } from '../../../format/engine/container.ts';
import { nextFreePort } from '../../../format/engine/ports.ts';
import { problemOfReference } from '../../../format/engine/reference.ts';
import { splitWords } from '../../../format/shell-words.ts';
import { filledEnv, filledOptions, filledPorts, filledVolumes, isUnfinishedPath, optionOf, type RunDraft } from './draft.ts';
import type { FlagGroup } from './flags/flag.ts';
import { flagOf } from './flags/run-flags.ts';
import { fits, readBytes } from './flags/values.ts';
import { portPair, readRange, takenBy } from './port-text.ts';

/** Why the draft cannot start as it is: a sentence, and what would settle it. */
export type ProblemGroup = 'image' | 'name' | 'ports' | 'env' | 'volumes' | FlagGroup;

export interface Problem {
  /** The field (or the row's key) that is to change. */
  field: string;
  /** The group of the form, for "Go to Ports". */
  group: ProblemGroup;
  kind: 'wrong' | 'port-taken' | 'name-taken' | 'image-missing';
  sentence: string;
  /** Who holds the port or the name. */
  holder?: ContainerView;
  /** The program of this computer that holds the port: `nginx (process 812)`. */
  program?: string;
  port?: number;
  /** What to take instead. */
  instead?: string;
}

export interface World {
  containers: readonly ContainerView[];
  /** Public ports in use by containers. */
  holders: ReadonlyMap<number, ContainerView>;
  /** Ports that something else on this computer has; who, where that could be learnt. */
  otherPorts: ReadonlyMap<number, string | undefined>;
  /** Images that no registry had, as they were typed, with what was probably meant. */
  missingImages: ReadonlyMap<string, string | undefined>;
  /** Made by this form's last try and never started; the next try replaces it. */
  leftover: string | undefined;
}

/** Problems are found before the start, from what the window knows; the engine has the last word. */
export function problemsOf(draft: RunDraft, world: World): Problem[] {
  const problems: Problem[] = [];
  const image = problemOfReference(draft.image);
  if (image !== undefined) problems.push({ field: 'image', group: 'image', kind: 'wrong', sentence: image });
  const typed = draft.image.trim();
  if (world.missingImages.has(typed)) {
    const instead = world.missingImages.get(typed);
    problems.push({ field: 'image', group: 'image', kind: 'image-missing', sentence: '', ...(instead === undefined ? {} : { instead }) });
  }
  problems.push(...nameProblems(draft.name.trim(), world.containers.filter(({ id }) => id !== world.leftover)), ...portProblems(draft, world));

  for (const { key, name } of filledEnv(draft)) {
    if (/[=\s]/.test(name.trim())) problems.push({ field: key, group: 'env', kind: 'wrong', sentence: t('run:problems.envName', { name: name.trim() }) });
  }
  for (const { key, source, target } of filledVolumes(draft)) {
    const wrong = (sentence: string): void => void problems.push({ field: key, group: 'volumes', kind: 'wrong', sentence });
    if (!/^(?:\/|[A-Za-z]:[\\/])/.test(target.trim())) wrong(t('run:problems.target'));
    else if (isUnfinishedPath(source)) wrong(t('run:problems.unfinished'));
    else if (/[:]/.test(source.trim().replace(/^[A-Za-z]:(?=[\\/])/, '')) || target.trim().slice(2).includes(':')) wrong(t('run:problems.colon'));
  }
  for (const { name, values } of filledOptions(draft)) {
    const { form, group } = flagOf(name);
    values.forEach((value, index) => {
      if (!fits(form, value)) problems.push({ field: index === 0 ? name : `${name}.${index}`, group, kind: 'wrong', sentence: t(`run:forms.${form}`) });
    });
  }
  if ((readBytes(optionOf(draft, 'memory')) ?? Infinity) < 6 * 2 ** 20) problems.push({ field: 'memory', group: 'limits', kind: 'wrong', sentence: t('run:problems.memory') });
  if (optionOf(draft, 'rm') !== '' && !/^(?:no)?$/.test(optionOf(draft, 'restart'))) problems.push({ field: 'restart', group: 'restart', kind: 'wrong', sentence: t('run:problems.rmAndRestart') });
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

function portProblems(draft: RunDraft, { holders, otherPorts }: World): Problem[] {
  const problems: Problem[] = [];
  const rows = filledPorts(draft);
  const taken = new Set([...holders.keys(), ...otherPorts.keys(), ...rows.flatMap(takenBy)]);
  for (const [index, row] of rows.entries()) {
    const { host, inside } = portPair(row);
    const wrong = (sentence: string): void => void problems.push({ field: row.key, group: 'ports', kind: 'wrong', sentence });
    const [from, to] = [readRange(host), readRange(inside)];
    if (to === undefined || (host !== '' && from === undefined)) wrong(t('run:problems.port'));
    else if (from !== undefined && to[0] !== to[1] && from[1] - from[0] !== to[1] - to[0]) wrong(t('run:problems.ranges'));
    else {
      const own = takenBy(row);
      const twice = own.find((port) => rows.slice(0, index).some((other) => other.protocol === row.protocol && portPair(other).address === portPair(row).address && takenBy(other).includes(port)));
      const port = own.find((one) => holders.has(one) || otherPorts.has(one));
      if (twice !== undefined) wrong(t('run:problems.twice', { port: twice }));
      else if (port !== undefined) problems.push({ field: row.key, group: 'ports', kind: 'port-taken', sentence: '', port, ...whoHas(port, holders, otherPorts), ...insteadOf(row.host, own, port, taken) });
    }
  }
  return problems;
}

function whoHas(port: number, holders: World['holders'], otherPorts: World['otherPorts']): Pick<Problem, 'holder' | 'program'> {
  const holder = holders.get(port);
  const program = otherPorts.get(port);
  return holder !== undefined ? { holder } : program !== undefined ? { program } : {};
}

/** What would be typed instead; the address in front of it stays. A range is a person's own choice. */
function insteadOf(typed: string, own: readonly number[], port: number, taken: ReadonlySet<number>): Pick<Problem, 'instead'> {
  const free = own.length === 1 ? nextFreePort(port, taken) : undefined;
  return free === undefined ? {} : { instead: typed.trim().replace(/\d+$/, String(free)) };
}
