import { ConflictError, InvalidParameterError, NotFoundError } from '../../errors.ts';
import { parseMoment, parseTimestamp } from '../../lib/time/timestamp.ts';
import type { Container } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { isPrunable } from '../disk.ts';
import { writableSize } from '../inspect.ts';
import { removeContainer } from './remove.ts';

/** `POST /containers/prune`: removes every container that does not run. @param filters `until`, `label`, `label!` */
export async function pruneContainers(
  needs: ContainerDependencies,
  filters: Record<string, string[]>,
  signal: AbortSignal,
): Promise<{ ContainersDeleted: string[] | null; SpaceReclaimed: number }> {
  const accept = pruneFilter(filters);
  const deleted: string[] = [];
  let reclaimed = 0;
  for (const container of needs.store.list()) {
    if (signal.aborted) break;
    if (!isPrunable(container) || !accept(container)) continue;
    const bytes = await writableSize(needs, container).catch(() => 0);
    try {
      await removeContainer(needs, container.id, { force: false, removeVolumes: false, link: false });
    } catch (error) {
      // Started or removed by somebody else meanwhile.
      if (error instanceof ConflictError || error instanceof NotFoundError) continue;
      throw error;
    }
    deleted.push(container.id);
    reclaimed += bytes;
  }
  needs.events.publish('container', 'prune', '', { reclaimed: String(reclaimed) });
  return { ContainersDeleted: deleted.length === 0 ? null : deleted, SpaceReclaimed: reclaimed };
}

function pruneFilter(filters: Record<string, string[]>): (container: Container) => boolean {
  for (const name of Object.keys(filters)) if (!['until', 'label', 'label!'].includes(name)) throw new InvalidParameterError(`invalid filter '${name}'`);
  if ((filters.until?.length ?? 0) > 1) throw new InvalidParameterError('more than one until filter specified');
  const until = filters.until?.[0] === undefined ? undefined : moment(filters.until[0]);
  return ({ record }) => {
    const labels = record.config.Labels ?? {};
    const has = (label: string) => {
      const [name, ...value] = label.split('=');
      return value.length === 0 ? name! in labels : labels[name!] === value.join('=');
    };
    if (until !== undefined && (parseTimestamp(record.created) ?? 0n) >= until) return false;
    return (filters.label ?? []).every(has) && !(filters['label!'] ?? []).some(has);
  };
}

/** A time, or a duration back from now: `10m`, `1h30m`. */
function moment(text: string): bigint {
  const absolute = parseMoment(text);
  if (absolute !== undefined) return absolute;
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) throw new InvalidParameterError(`failed to parse value as time or duration: ${JSON.stringify(text)}`);
  const back = parts.reduce((sum, part) => sum + Number(part[1]) * units[part[2]!]!, 0);
  return BigInt(Math.floor(Date.now() - back)) * 1_000_000n;
}
