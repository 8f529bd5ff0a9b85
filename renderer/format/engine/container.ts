import type { ContainerSummary } from '../../../contract/engine-api/container.ts';
import { t } from '../../i18n/i18n.ts';
import { refineSince, sinceOfStatus, type Since } from '../age.ts';
import { plainName } from '../sentence.ts';
import { portsOf, type PortView } from './ports.ts';

/** What a container is doing, told apart as finely as a person needs: each has its own glyph and word. */
export type Condition =
  | 'running'
  | 'healthy'
  | 'unhealthy'
  | 'starting'
  | 'restarting'
  | 'paused'
  | 'exited'
  | 'failed'
  | 'created'
  | 'removing'
  | 'dead';

/** A row of the list, derived once per reading of the engine. */
export interface ContainerView {
  id: string;
  name: string;
  /** The part of the name that the compose project gives, with its hyphen; empty otherwise. */
  namePrefix: string;
  image: string;
  imageId: string;
  command: string;
  condition: Condition;
  /** Of the last run, where the engine tells it. */
  exitCode: number | undefined;
  since: Since | undefined;
  /** Unix seconds. */
  created: number;
  ports: PortView[];
  project: string | undefined;
  composeFile: string | undefined;
  summary: ContainerSummary;
}

export function viewOf(summary: ContainerSummary, now: number, before?: ContainerView): ContainerView {
  const name = plainName((summary.Names[0] ?? summary.Id.slice(0, 12)).replace(/^\//, ''));
  const labels = summary.Labels ?? {};
  const project = plainName(labels['com.docker.compose.project'] ?? '') || undefined;
  const condition = conditionOf(summary);
  const read = sinceOfStatus(summary.Status, now);
  return {
    id: summary.Id,
    name,
    namePrefix: project === undefined ? '' : prefixOf(name, project),
    image: plainName(summary.Image),
    imageId: summary.ImageID,
    command: summary.Command,
    condition,
    exitCode: exitCodeOf(summary.Status),
    since: before?.summary.State === summary.State ? refineSince(before.since, read) : read,
    created: summary.Created,
    ports: portsOf(summary.Ports),
    project,
    composeFile: plainName(labels['com.docker.compose.project.config_files']?.split(',')[0] ?? '') || undefined,
    summary,
  };
}

function prefixOf(name: string, project: string): string {
  const next = name[project.length];
  return name.startsWith(project) && (next === '-' || next === '_') && name.length > project.length + 1 ? name.slice(0, project.length + 1) : '';
}

function exitCodeOf(status: string): number | undefined {
  const match = /^(?:Exited|Restarting) \((-?\d+)\)/.exec(status);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

export function conditionOf(summary: Pick<ContainerSummary, 'State' | 'Status'>): Condition {
  switch (summary.State) {
    case 'running':
      if (summary.Status.includes('(unhealthy)')) return 'unhealthy';
      if (summary.Status.includes('(healthy)')) return 'healthy';
      if (summary.Status.includes('(health: starting)')) return 'starting';
      return 'running';
    case 'exited':
      return (exitCodeOf(summary.Status) ?? 0) === 0 ? 'exited' : 'failed';
    case 'created':
    case 'paused':
    case 'restarting':
    case 'removing':
    case 'dead':
      return summary.State;
    default:
      // A newer engine may name a state that this window does not know; it is at least not running.
      return 'created';
  }
}

/** The word beside the glyph. */
export function conditionWord(condition: Condition, exitCode: number | undefined): string {
  return condition === 'exited' || condition === 'failed' ? t('common:state.exited', { code: exitCode ?? 0 }) : t(`common:state.${condition}`);
}

/** Has processes, so that it can be stopped; a paused one too. */
export function isUp(condition: Condition): boolean {
  return condition === 'running' || condition === 'healthy' || condition === 'unhealthy' || condition === 'starting' || condition === 'restarting' || condition === 'paused';
}

/** Its processes run now: a shell can be opened in it. */
export function isRunning(condition: Condition): boolean {
  return isUp(condition) && condition !== 'paused' && condition !== 'restarting';
}

/** `/home/jo/code/shop/compose.yaml` → `~/code/shop/compose.yaml`. */
export function shortenHome(path: string): string {
  return path.replace(/^(?:\/home\/[^/]+|\/Users\/[^/]+|\/root)(?=\/)/, '~');
}
