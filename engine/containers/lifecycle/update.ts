import type { ContainerUpdateRequest, ContainerUpdateResponse, HostConfig, Resources } from '../../../contract/engine-api/container.ts';
import { ConflictError, InternalError, messageOf } from '../../errors.ts';
import { checkResources } from '../config/resources.ts';
import { checkRestartPolicy } from '../config/restart-policy.ts';
import { announce } from '../container-events.ts';
import { isRunning } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';

type UpdateNeeds = Pick<ContainerDependencies, 'store' | 'tasks' | 'events' | 'host'>;

/** What update can change of a container; a zero or empty value leaves it as it is. */
const changeable = [
  'BlkioWeight',
  'CpuShares',
  'NanoCpus',
  'CpuPeriod',
  'CpuQuota',
  'CpuRealtimePeriod',
  'CpuRealtimeRuntime',
  'CpusetCpus',
  'CpusetMems',
  'Memory',
  'MemorySwap',
  'MemoryReservation',
] as const;

/**
 * `docker update`: changes limits of a container, at once when it runs, and its restart policy.
 * Source: moby `daemon/update.go` and `container/container_unix.go` UpdateContainer.
 * @throws InvalidParameterError for values that cannot be, ConflictError for those that do not go with what the container has
 */
export async function updateContainer(needs: UpdateNeeds, reference: string, request: ContainerUpdateRequest): Promise<ContainerUpdateResponse> {
  const { RestartPolicy: askedPolicy, ...asked } = request;
  const policy = askedPolicy?.Name ? checkRestartPolicy(askedPolicy, false) : undefined;
  const warnings = checkResources(asked, needs.host, { update: true });
  const container = needs.store.resolve(reference);
  await container.lock.run(async () => {
    const { hostConfig } = container.record;
    const cannot = (reason: string) => new ConflictError(`Cannot update container ${container.id}: ${reason}`);
    if (container.state.status === 'removing' || container.state.status === 'dead') throw cannot('container is marked for removal and cannot be "update"');
    const conflict = conflictOf(asked, hostConfig) ?? (policy !== undefined && policy.Name !== 'no' && hostConfig.AutoRemove === true ? autoRemoves : undefined);
    if (conflict !== undefined) throw cannot(conflict);

    const change = changeOf(asked);
    const updated: HostConfig = { ...hostConfig, ...change, ...(policy === undefined ? {} : { RestartPolicy: policy }) };
    // First the record: a limit that holds but is not on record would be gone after the next start.
    await needs.store.update(container, { hostConfig: updated });
    if (Object.keys(change).length > 0 && isRunning(container.state)) {
      try {
        await needs.tasks.update(container.id, change);
      } catch (error) {
        await needs.store.update(container, { hostConfig });
        throw new InternalError(`Cannot update container ${container.id}: ${messageOf(error)}`, { cause: error });
      }
    }
    announce(needs.events, container, 'update');
  });
  return { Warnings: warnings.length === 0 ? null : warnings };
}

const autoRemoves = 'Restart policy cannot be updated because AutoRemove is enabled for the container';

function conflictOf(asked: Resources, has: HostConfig): string | undefined {
  const above = (value: number | undefined) => (value ?? 0) > 0;
  if (above(asked.NanoCpus) && above(has.CpuPeriod)) return 'Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set';
  if (above(asked.NanoCpus) && above(has.CpuQuota)) return 'Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set';
  if (above(asked.CpuPeriod) && above(has.NanoCpus)) return 'Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set';
  if (above(asked.CpuQuota) && above(has.NanoCpus)) return 'Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set';
  const memory = asked.Memory ?? 0;
  if (memory !== 0 && (asked.MemorySwap ?? 0) === 0 && memory > (has.MemorySwap ?? 0)) {
    return 'Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time';
  }
  return undefined;
}

function changeOf(asked: Resources): Resources {
  const change: Resources = {};
  for (const name of changeable) if (asked[name]) Object.assign(change, { [name]: asked[name] });
  // 0 and below mean no limit: that is a change as well.
  if (asked.PidsLimit != null) change.PidsLimit = Math.max(asked.PidsLimit, 0);
  return change;
}
