import type { EventSink } from '../containers/collaborators.ts';
import { ContentStore } from '../content/content-store.ts';
import { Registries } from '../registry/registries.ts';
import type { Snapshotter } from '../snapshots/snapshotter.ts';
import { login } from '../registry/registry-login.ts';
import { searchRegistry } from '../registry/search.ts';
import { findImage } from './reference/find-image.ts';
import { GarbageCollector } from './store/garbage-collector.ts';
import { commitImage } from './commit.ts';
import { createImage } from './create-image.ts';
import { inspectDistribution } from './transfer/distribution.ts';
import { imageHistory } from './history.ts';
import type { ImageService, ListImageUsers } from './image-service.ts';
import { ImageStore, topChainId } from './store/image-store.ts';
import { importImage } from './transfer/import.ts';
import { inspectImage } from './inspect.ts';
import { LayerInstaller } from './layers/layer-installer.ts';
import { layersSize, listImages } from './list.ts';
import { loadBuiltins } from './transfer/load-builtins.ts';
import { loadImages } from './transfer/load.ts';
import { pushImage } from './transfer/push.ts';
import { Pruning } from './prune.ts';
import { blobsSize, planPrune } from './prune-plan.ts';
import { pullImage } from './transfer/pull.ts';
import { removeBrokenImages } from './store/remove-broken.ts';
import { removeImage } from './remove.ts';
import { saveImages } from './transfer/save.ts';
import { tagImage } from './tag.ts';

export interface ImageServiceOptions {
  /** `dataPaths(config).content` and `.images`. */
  paths: { content: string; images: string };
  snapshotter: Snapshotter;
  events: EventSink;
  /** Registries that may speak plain HTTP: host, host:port or CIDR; 127.0.0.0/8 and localhost always may. */
  insecureRegistries: string[];
  /** Addresses that are asked before Docker Hub. */
  registryMirrors: string[];
  listUsers: ListImageUsers;
  /** A line for the engine's log; stderr by default. */
  log?: (line: string) => void;
}

/** Opens content and image store, removes what a crash left half-done, and assembles the verbs. */
export async function openImageService(options: ImageServiceOptions): Promise<ImageService> {
  const { snapshotter, events, listUsers } = options;
  const log = options.log ?? ((line: string) => void process.stderr.write(`slipway: ${line}\n`));
  const content = await ContentStore.open(options.paths.content);
  const store = await ImageStore.open(options.paths.images);
  await removeBrokenImages(store, content, snapshotter, log);
  const layers = new LayerInstaller({ content, snapshotter, store });
  const garbage = new GarbageCollector(content, snapshotter, store, log);
  await garbage.collect();
  const pruning = new Pruning();
  const registries = new Registries({ insecure: options.insecureRegistries, mirrors: options.registryMirrors });

  const service: ImageService = {
    resolve: async (reference) => {
      const image = findImage(store, reference);
      const { config, os, architecture } = image.config;
      return { id: image.id, config, chainId: topChainId(image), os, architecture };
    },
    list: (listOptions) => listImages({ store, content, listUsers }, listOptions),
    layersSize: () => layersSize(store),
    inspect: (reference, inspectOptions) => inspectImage({ store, content, snapshotter, listUsers }, reference, inspectOptions),
    history: async (reference, platform) => imageHistory(store, reference, platform),
    pull: (reference, pullOptions, onProgress) =>
      garbage.holdOff(() => pullImage({ content, store, layers, events, registries, garbage, log }, reference, pullOptions, onProgress)),
    push: (reference, pushOptions, onProgress) =>
      garbage.holdOff(() => pushImage({ content, store, events, registries, garbage }, reference, pushOptions, onProgress)),
    distribution: (reference, { auth, signal }) => inspectDistribution(registries, reference, { credentials: auth, signal, log }),
    search: (term, { auth, ...searchOptions }) => searchRegistry(registries, term, { ...searchOptions, credentials: auth }),
    registryConfig: () => registries.config,
    addRegistries: (config) => registries.add(config),
    login: (auth, signal) => login(registries, auth, signal),
    save: (names, platform) => saveImages({ store, content, events, garbage }, names, platform),
    load: async (archive, loadOptions, onProgress) => {
      await garbage.holdOff(() => loadImages({ content, store, layers, events, garbage }, archive, loadOptions, onProgress));
    },
    import: (importOptions, onProgress) => garbage.holdOff(() => importImage({ content, store, layers, events }, importOptions, onProgress)),
    commit: (options) => garbage.holdOff(() => commitImage({ content, store, layers, events }, options)),
    create: async (image) => (await garbage.holdOff(() => createImage({ content, store, layers }, image))).id,
    loadBuiltins: (directory) => loadBuiltins(service, directory, log),
    tag: (source, target) => tagImage(store, events, source, target),
    remove: (reference, removeOptions) => removeImage({ store, events, garbage, listUsers }, reference, removeOptions),
    planPrune: (planOptions) => planPrune({ store, content, listUsers }, planOptions),
    blobsSize: () => blobsSize({ store, content }),
    prune: (pruneOptions = {}) => pruning.run({ store, events, garbage, listUsers }, pruneOptions),
  };
  return service;
}
