import type { Readable } from 'node:stream';
import type { DistributionInspect, ImageInspect, ImagePruneReport, ImageSummary, SearchResult } from '../../contract/engine-api/image.ts';
import type { ProgressMessage } from '../../contract/engine-api/progress.ts';
import type { ImageCommitter, ImageSource } from '../containers/collaborators.ts';
import type { RegistryConfig } from '../registry/registries.ts';
import type { LoginResult } from '../registry/registry-login.ts';
import type { NewImage } from './create-image.ts';
import type { ImportOptions } from './transfer/import.ts';
import type { Platform } from './model/platform.ts';
import type { PruneOptions } from './prune.ts';
import type { PrunePlan, PrunePlanOptions } from './prune-plan.ts';

/** What the API needs of images. Built by `openImageService` in `open-image-service.ts`. */
export interface ImageService extends ImageSource, ImageCommitter {
  /** Newest first. Untagged images are listed with empty RepoTags unless `filters.dangling` says otherwise. Of what has not changed the same array as before. */
  list(options?: ImageListOptions): Promise<readonly Readonly<ImageSummary>[]>;
  /** Bytes of the layers of all images, each counted once. */
  layersSize(): number;
  /** @throws NotFoundError `No such image: nope:latest` */
  inspect(reference: string, options?: ImageInspectOptions): Promise<ImageInspect>;
  /** @throws NotFoundError */
  history(reference: string, platform?: Platform): Promise<HistoryRow[]>;
  /**
   * Pulls one image, or all tags of a name. What fails before the first progress message rejects and deserves a status code; the API decides
   * by whether it has written a line already: afterwards a rejection becomes an error line (`{errorDetail, error}`).
   * Pulls of the same image and platform at the same time share one download; each sees the progress from where it joined.
   * @param reference as the user wrote it: `name`, `name:tag` or `name@digest`.
   * @throws InvalidParameterError for the reference, NotFoundError `manifest for … not found: manifest unknown: …`,
   * UnauthorizedError, InternalError in moby's words for a registry that cannot be reached.
   */
  pull(reference: string, options: PullOptions, onProgress: ProgressListener): Promise<void>;
  /**
   * Loads a docker archive or an OCI layout, plain or compressed, with one or many images.
   * Announces each as `{stream: 'Loaded image: x:latest\n'}` (or `Loaded image ID: sha256:…`). Rejects as {@link pull} does.
   */
  load(archive: Readable, options: LoadOptions, onProgress: ProgressListener): Promise<void>;
  /**
   * One archive of the images, docker archive and OCI layout in one. What fails before the first chunk deserves a status.
   * @param names a name without a tag means all tags of its repository
   * @throws NotFoundError for a name that is not there, or an image that is not of `platform`
   */
  save(names: readonly string[], platform?: Platform): AsyncIterable<Buffer>;
  /**
   * Pushes a tag, or without one all tags of a repository. Rejects as {@link pull} does, but never before the first line.
   * Ends with `{aux: {Tag, Digest, Size}}` for each tag.
   */
  push(reference: string, options: PushOptions, onProgress: ProgressListener): Promise<void>;
  /** What a registry has under a name. @throws NotFoundError, UnauthorizedError, InternalError as {@link pull} */
  distribution(reference: string, options: { auth?: RegistryAuth; signal?: AbortSignal }): Promise<DistributionInspect>;
  /** @param term `nginx`, or `host/nginx` @throws InvalidParameterError; InternalError for a registry without a search */
  search(term: string, options: { limit?: number; filters?: Record<string, string[]>; auth?: RegistryAuth; signal?: AbortSignal }): Promise<SearchResult[]>;
  /** Insecure registries and mirrors as they hold now. */
  registryConfig(): RegistryConfig;
  /** Adds to what the engine was started with, in place of what was added before. @throws InvalidParameterError; then nothing has changed */
  addRegistries(config: RegistryConfig): void;
  /** Whether a registry accepts the credentials. @throws UnauthorizedError, InternalError */
  login(auth: RegistryAuth, signal?: AbortSignal): Promise<LoginResult>;
  /**
   * Makes an image of one layer out of a tar in the body or at an address, and ends with `{status: 'sha256:…'}`. Rejects as
   * {@link pull} does. @throws InvalidParameterError for name, changes or archive
   */
  import(options: ImportOptions, onProgress: ProgressListener): Promise<void>;
  /** Makes an image of one more layer on another image, for commit and build; see `create-image.ts`. Answers its id. */
  create(image: NewImage): Promise<string>;
  /** Loads the `*.tar` archives of a folder whose references are not there yet; answers what was loaded. */
  loadBuiltins(directory: string): Promise<string[]>;
  /**
   * @param target repository with or without tag: `repo`, `repo:tag`; the API joins its `repo` and `tag` parameters.
   * @throws NotFoundError for the source, InvalidParameterError for the target
   */
  tag(source: string, target: string): Promise<void>;
  /**
   * Untags, and deletes the image with its last reference.
   * @throws NotFoundError; ConflictError in moby's words when containers use it or it has several references.
   */
  remove(reference: string, options: RemoveOptions): Promise<RemoveRow[]>;
  /** What {@link prune} would remove now, to the byte. */
  planPrune(options: PrunePlanOptions): PrunePlan;
  /** Bytes of the blobs of all images, as they came from a registry. */
  blobsSize(): number;
  /** Removes images that no container uses and says how many bytes that freed. @throws ConflictError while another runs */
  prune(options?: PruneOptions): Promise<ImagePruneReport>;
}

export type ProgressListener = (message: ProgressMessage) => void;

export interface ImageInspectOptions {
  /** With what of each platform is here. */
  manifests?: boolean;
  /** @throws NotFoundError when the image is of another */
  platform?: Platform;
  /** With the container that was committed, for clients before 1.45. */
  container?: boolean;
}

export interface ImageListOptions {
  /** With images that have no name and on which others were made. */
  all?: boolean;
  /** Keys as in `GET /images/json`: reference, dangling, label, before, since, until. @throws InvalidParameterError for others */
  filters?: Record<string, string[]>;
  sharedSize?: boolean;
  manifests?: boolean;
}

export interface PullOptions {
  auth?: RegistryAuth;
  /** Of a name without tag and digest all tags, instead of `latest`. */
  allTags?: boolean;
  /** `linux/amd64`, `linux/arm/v7`; without it the machine's own. */
  platform?: string;
  signal?: AbortSignal;
}

export interface PushOptions {
  auth?: RegistryAuth;
  /** @throws NotFoundError when the image is of another */
  platform?: Platform;
  signal?: AbortSignal;
}

/** The decoded `X-Registry-Auth` header. */
export interface RegistryAuth {
  username?: string;
  password?: string;
  /** An OAuth2 refresh token, instead of user and password. */
  identitytoken?: string;
  /** A bearer token to send as it is. */
  registrytoken?: string;
  serveraddress?: string;
}

export interface LoadOptions {
  /** Suppresses progress, not the `Loaded image` lines. */
  quiet?: boolean;
  /** Loads images of it alone. @throws InvalidParameterError when there is none */
  platform?: Platform;
  signal?: AbortSignal;
}

export interface RemoveOptions {
  force?: boolean;
  /** Leaves the nameless images on which it was made. */
  noprune?: boolean;
}

/** Row of the answer of `DELETE /images/{name}`. */
export type RemoveRow = { Untagged: string } | { Deleted: string };

/** Row of `GET /images/{name}/history`. */
export interface HistoryRow {
  Id: string;
  /** Unix seconds. */
  Created: number;
  CreatedBy: string;
  Tags: string[] | null;
  Size: number;
  Comment: string;
}

/** A container that stands on an image. `imageId` is the config digest. */
export interface ImageUser {
  containerId: string;
  imageId: string;
  /** The reference it was created with, as the user wrote it. */
  imageReference: string;
  running: boolean;
}

/** Answers every container, the same array as before for as long as nothing has changed; the engine's composition root passes the container store's view. */
export type ListImageUsers = () => readonly ImageUser[];
