import type { EventSink } from '../containers/collaborators.ts';
import type { Snapshotter } from '../snapshots/snapshotter.ts';
import type { ImageService, ListImageUsers } from './image-service.ts';

export interface ImageServiceOptions {
  /** `dataPaths(config).content` and `.images`. */
  paths: { content: string; images: string };
  snapshotter: Snapshotter;
  events: EventSink;
  /** Registries that may speak plain HTTP: host, host:port or CIDR; 127.0.0.0/8 and localhost always may. */
  insecureRegistries: string[];
  listUsers: ListImageUsers;
  /** A line for the engine's log; stderr by default. */
  log?: (line: string) => void;
}

/** Opens content and image store, removes what a crash left half-done, and assembles the verbs. */
export async function openImageService(options: ImageServiceOptions): Promise<ImageService> {
  throw new Error(`not built yet: ${options.paths.images}`);
}
