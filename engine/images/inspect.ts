import { dirname, join } from 'node:path';
import type { ImageInspect } from '../../contract/engine-api/image.ts';
import type { ContentStore } from '../content/content-store.ts';
import { NotFoundError } from '../errors.ts';
import type { Snapshotter } from '../snapshots/snapshotter.ts';
import type { ImageInspectOptions, ListImageUsers } from './image-service.ts';
import { repoNames } from './list.ts';
import { manifestSummaries } from './manifest-summary.ts';
import { chainIds } from './model/chain-id.ts';
import { parseObject } from './model/image-config.ts';
import type { Platform } from './model/platform.ts';
import { choosePlatform, formatPlatform } from './model/platform.ts';
import { findImage } from './reference/find-image.ts';
import type { ImageStore, StoredImage } from './store/image-store.ts';

export interface InspectCollaborators {
  store: ImageStore;
  content: ContentStore;
  snapshotter: Snapshotter;
  listUsers: ListImageUsers;
}

/** Go's zero time. */
const NEVER = '0001-01-01T00:00:00Z';

/** Body of `GET /images/{name}/json`. @throws NotFoundError */
export async function inspectImage(from: InspectCollaborators, reference: string, options: ImageInspectOptions = {}): Promise<ImageInspect> {
  const { store, content, snapshotter } = from;
  const image = findImage(store, reference);
  if (options.platform !== undefined) expectPlatform(image, options.platform, reference);
  const { config } = image;
  return {
    Id: image.id,
    ...repoNames(store.referencesOf(image.id)),
    Parent: image.parent ?? '',
    Comment: config.comment || (config.history.at(-1)?.comment ?? ''),
    ...(config.created === '' ? {} : { Created: config.created }),
    DockerVersion: config.dockerVersion,
    Author: config.author,
    ...(options.container === true ? await container(content, image) : {}),
    Config: config.config,
    Architecture: config.architecture,
    ...(config.variant === undefined ? {} : { Variant: config.variant }),
    Os: config.os,
    Size: image.size,
    GraphDriver: { Data: await overlayFolders(snapshotter, image), Name: 'overlay2' },
    RootFS: { Type: 'layers', ...(config.diffIds.length === 0 ? {} : { Layers: config.diffIds }) },
    Metadata: { LastTagTime: image.lastTagTime ?? NEVER },
    ...(options.manifests === true ? { Manifests: await manifestSummaries(from, image) } : {}),
  };
}

/**
 * An image of one platform is what this store holds under a name.
 * @throws NotFoundError in moby's words (`daemon/images/image.go`), which clients match
 */
export function expectPlatform({ config }: Pick<StoredImage, 'config'>, wanted: Platform, reference: string): void {
  if (choosePlatform([{ platform: config }], wanted) === undefined) throw new NotFoundError(platformMismatch(reference, wanted, config));
}

export function platformMismatch(reference: string, wanted: Platform, actual: Platform): string {
  return `image with reference ${reference} was found but does not match the specified platform: wanted ${formatPlatform(wanted)}, actual: ${formatPlatform(actual)}`;
}

async function overlayFolders(snapshotter: Snapshotter, { config }: StoredImage): Promise<Record<string, string>> {
  const folders: string[] = [];
  for (const chainId of chainIds(config.diffIds)) folders.unshift(await snapshotter.upperdir(chainId));
  const [upper, ...lower] = folders;
  if (upper === undefined) return {};
  const top = dirname(upper);
  return { ...(lower.length === 0 ? {} : { LowerDir: lower.join(':') }), MergedDir: join(top, 'merged'), UpperDir: upper, WorkDir: join(top, 'work') };
}

/** The container that was committed, which classic builds wrote into the image's config. */
async function container(content: ContentStore, image: StoredImage): Promise<Pick<ImageInspect, 'Container' | 'ContainerConfig'>> {
  const { container: id, container_config: config } = parseObject(await content.readWhole(image.id), 'image config');
  return {
    Container: typeof id === 'string' ? id : '',
    ContainerConfig: typeof config === 'object' && config !== null ? config : emptyContainerConfig,
  };
}

const emptyContainerConfig = {
  Hostname: '',
  Domainname: '',
  User: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
  Cmd: null,
  Image: '',
  Volumes: null,
  WorkingDir: '',
  Entrypoint: null,
  OnBuild: null,
  Labels: null,
};
