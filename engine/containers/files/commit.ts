import type { ContainerConfig } from '../../../contract/engine-api/container.ts';
import type { ImageRunConfig } from '../../../contract/engine-api/image.ts';
import { ConflictError, messageOf, NotFoundError } from '../../errors.ts';
import { diffLayer } from '../../snapshots/diff-layer.ts';
import { announce } from '../container-events.ts';
import type { Container } from '../container.ts';
import type { ContainerDependencies } from '../dependencies.ts';
import { pauseContainer, unpauseContainer } from '../lifecycle/pause.ts';

export interface CommitRequest {
  /** `repo` or `repo:tag`; empty for an image without a name. */
  target: string;
  comment: string;
  author: string;
  /** Dockerfile instructions on top of the config. */
  changes: readonly string[];
  /** The container stands still meanwhile. */
  pause: boolean;
  /** Takes the place of the container's own config, which fills its gaps. */
  config: ContainerConfig | undefined;
  signal: AbortSignal;
}

type CommitNeeds = Pick<ContainerDependencies, 'store' | 'snapshots' | 'tasks' | 'events' | 'commits' | 'health' | 'log'>;

/** `docker commit`. @throws ConflictError for a container on its way out; InvalidParameterError for target and changes */
export async function commitContainer(needs: CommitNeeds, reference: string, request: CommitRequest): Promise<string> {
  const container = needs.store.resolve(reference);
  const { record } = container;
  if (record.state.status === 'removing' || record.state.status === 'dead') {
    throw new ConflictError(`You cannot commit container ${container.id} which is ${record.state.status === 'dead' ? 'Dead' : 'being removed'}`);
  }
  const config = request.config === undefined ? record.config : filledFrom(request.config, record.config);
  const paused = request.pause && (await pauseFor(needs, container));
  try {
    const { id, name } = await needs.commits.commit({
      ...request,
      parent: record.image.id,
      config: config as ImageRunConfig,
      createdBy: [...(record.config.Entrypoint ?? []), ...(record.config.Cmd ?? [])].join(' '),
      extra: { container: container.id, container_config: record.config },
      layer: () => diffLayer(needs.snapshots, container.id),
    });
    announce(needs.events, container, 'commit', { comment: request.comment, imageID: id, imageRef: name });
    return id;
  } finally {
    if (paused) await goOn(needs, container);
  }
}

async function goOn(needs: CommitNeeds, container: Container): Promise<void> {
  try {
    await unpauseContainer(needs, container.id);
  } catch (error) {
    // It was killed or removed meanwhile, or somebody else let it go on.
    if (!(error instanceof ConflictError) && !(error instanceof NotFoundError)) needs.log(`commit of ${container.name}: it is still paused: ${messageOf(error)}`);
  }
}

/** A container that does not run, or is paused already, stays as it is. */
async function pauseFor(needs: CommitNeeds, container: Container): Promise<boolean> {
  if (container.state.status !== 'running') return false;
  try {
    await pauseContainer(needs, container.id, 'commit');
    return true;
  } catch (error) {
    // It has ended, or somebody else has paused it.
    if (error instanceof ConflictError) return false;
    throw error;
  }
}

/** The client's fields win, lists and maps are joined. Source: moby `daemon/commit.go` merge. */
function filledFrom(asked: ContainerConfig, own: ContainerConfig): ContainerConfig {
  const config: ContainerConfig = { ...own };
  for (const [key, value] of Object.entries(asked) as [keyof ContainerConfig, unknown][]) {
    if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    Object.assign(config, { [key]: value });
  }
  const names = new Set((asked.Env ?? []).map((entry) => entry.split('=', 1)[0]));
  config.Env = [...(asked.Env ?? []), ...(own.Env ?? []).filter((entry) => !names.has(entry.split('=', 1)[0]))];
  for (const key of ['Labels', 'ExposedPorts', 'Volumes'] as const) {
    const all = { ...own[key], ...asked[key] };
    if (Object.keys(all).length > 0) Object.assign(config, { [key]: all });
  }
  return config;
}
