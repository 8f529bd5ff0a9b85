import type { ContainerUpdateRequest, HostConfig, RestartPolicy } from '../../../../contract/engine-api/container.ts';
import { parseMemory } from '../../../format/bytes.ts';
import type { ContainerView } from '../../../format/engine/container.ts';
import type { DockerCommand } from '../../../format/engine/docker-command.ts';
import { t } from '../../../i18n/i18n.ts';

/** What is wrong with a new name, and who holds it. Source: moby `daemon/names`. */
export function problemOfName(name: string, containers: readonly Pick<ContainerView, 'name'>[]): string | undefined {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) return t('container-details:rename.letters');
  return containers.some((one) => one.name === name) ? t('container-details:rename.taken', { name }) : undefined;
}

/** Fields as typed; empty leaves a limit as it is. */
export interface Limits {
  memory: string;
  cpus: string;
  pids: string;
  restart: RestartPolicy['Name'];
  retries: string;
}

const policies = ['no', 'on-failure', 'always', 'unless-stopped'] as const;
export const restartPolicies: readonly RestartPolicy['Name'][] = policies;

export function limitsOf({ Memory, NanoCpus, PidsLimit, RestartPolicy: policy }: HostConfig): Limits {
  return {
    memory: Memory ? memoryText(Memory) : '',
    cpus: NanoCpus ? String(NanoCpus / 1e9) : '',
    pids: PidsLimit != null && PidsLimit > 0 ? String(PidsLimit) : '',
    restart: policy?.Name || 'no',
    retries: String(policy?.MaximumRetryCount ?? 0),
  };
}

/** The largest unit that says it exactly: `256m`, `2g`. */
function memoryText(bytes: number): string {
  const units = [
    [2 ** 30, 'g'],
    [2 ** 20, 'm'],
    [2 ** 10, 'k'],
  ] as const;
  const [size, unit] = units.find(([one]) => bytes % one === 0) ?? [1, ''];
  return `${bytes / size}${unit}`;
}

export function problemsOf({ memory, cpus, pids, retries }: Limits, before: Limits): Partial<Record<'memory' | 'cpus' | 'pids' | 'retries', string>> {
  const bytes = memory.trim() === '' ? undefined : parseMemory(memory);
  return {
    // moby: 6 MB at least, and a limit cannot be taken away again while the container exists.
    ...(memory.trim() === '' ? (before.memory === '' ? {} : { memory: t('container-details:update.noWayBack') }) : bytes === undefined || bytes < 6 * 2 ** 20 ? { memory: t('container-details:update.memoryWrong') } : {}),
    ...(cpus.trim() === '' ? (before.cpus === '' ? {} : { cpus: t('container-details:update.noWayBack') }) : /^\d+(\.\d+)?$/.test(cpus.trim()) && Number(cpus) >= 0.01 ? {} : { cpus: t('container-details:update.cpusWrong') }),
    ...(pids.trim() === '' || (/^\d+$/.test(pids.trim()) && Number(pids) > 0) ? {} : { pids: t('container-details:update.pidsWrong') }),
    ...(/^\d+$/.test(retries.trim()) ? {} : { retries: t('container-details:update.retriesWrong') }),
  };
}

/** Only what changed, as the API and as the CLI say it. */
export function updateOf(name: string, limits: Limits, before: Limits, host: HostConfig): { command: DockerCommand; body: ContainerUpdateRequest } {
  const flags: string[] = [];
  const body: ContainerUpdateRequest = {};
  if (limits.memory.trim() !== before.memory) {
    body.Memory = parseMemory(limits.memory) ?? 0;
    flags.push('--memory', limits.memory.trim());
    // moby refuses a limit above the sum of memory and swap that was set before, which it made itself at the container's creation.
    const swap = host.MemorySwap === -1 ? -1 : body.Memory * 2;
    body.MemorySwap = swap;
    flags.push('--memory-swap', swap === -1 ? '-1' : memoryText(swap));
  }
  if (limits.cpus.trim() !== before.cpus) {
    body.NanoCpus = Math.round(Number(limits.cpus) * 1e9);
    flags.push('--cpus', limits.cpus.trim());
  }
  if (limits.pids.trim() !== before.pids) {
    body.PidsLimit = limits.pids.trim() === '' ? -1 : Number(limits.pids);
    flags.push('--pids-limit', String(body.PidsLimit));
  }
  const isOnFailure = limits.restart === 'on-failure';
  if (limits.restart !== before.restart || (isOnFailure && limits.retries.trim() !== before.retries)) {
    const count = isOnFailure ? Number(limits.retries) : 0;
    body.RestartPolicy = { Name: limits.restart, MaximumRetryCount: count };
    flags.push('--restart', count > 0 ? `on-failure:${count}` : limits.restart);
  }
  return { command: ['docker', 'update', ...flags, name], body };
}
