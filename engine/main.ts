import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { cpus, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { apiVersion, engineVersion, minApiVersion } from './api/versions/api-version.ts';
import { routeTable } from './api/route-table.ts';
import { makeRoomForAnswers } from './api/connections/send-buffer.ts';
import { listenTcp } from './api/connections/tcp-listener.ts';
import { parseCommandLine, usage, UsageError } from './command-line.ts';
import type { EngineConfig } from './config.ts';
import { dataPaths } from './config.ts';
import { ContainerStore } from './containers/container-store.ts';
import { containerVerbs } from './containers/containers.ts';
import { HealthMonitors } from './containers/health/health-monitors.ts';
import type { ContainerDependencies } from './containers/dependencies.ts';
import { reconcile, startByPolicy } from './containers/lifecycle/reconcile.ts';
import { rootfsMounter } from './containers/files/rootfs-mounter.ts';
import { stopAllContainers } from './containers/lifecycle/stop-all.ts';
import { Door } from './door.ts';
import { messageOf, NotFoundError } from './errors.ts';
import { EventBus } from './events/event-bus.ts';
import { eventFilter } from './events/event-filter.ts';
import { EventJournal } from './events/event-journal.ts';
import { streamEvents } from './events/event-stream.ts';
import { openImageService } from './images/open-image-service.ts';
import { sharedHostFolders } from './guest/host-folders/host-folders.ts';
import type { GuestChannel } from './guest/guest-channel.ts';
import { lockRoot } from './instance-lock.ts';
import { IdleMemory } from './lib/idle-memory.ts';
import { log } from './log.ts';
import { dropCaches, setClock, syncDisks, trimFreeBlocks } from './lib/syscalls/machine.ts';
import { openNetwork } from './network/open-network.ts';
import { NativeHostPorts } from './network/ports/native-host-ports.ts';
import { enterHostNamespace } from './runtime/host-namespace.ts';
import { readHostFacts } from './runtime/oci/host-facts.ts';
import { readSupportedLimits } from './runtime/supported-limits.ts';
import { openTaskService } from './runtime/task-service.ts';
import { openOverlaySnapshotter } from './snapshots/overlay-snapshotter.ts';
import { openVolumes } from './volumes/open-volumes.ts';
import { volumeUser } from './containers/files/volume-user.ts';
import { diskSurvey } from './system/disk-survey.ts';
import { diskUsage } from './system/disk-usage.ts';
import { GiveBack } from './system/give-back.ts';
import { growDataDisk, mountedDisk } from './system/grow-data-disk.ts';
import { takeDefaults } from './system/defaults.ts';
import { takeHostNetwork } from './system/host-network.ts';
import { infoResponse } from './system/info.ts';
import { readMachineFigures } from './system/machine-figures.ts';
import { powerOffMachine } from './system/power-off.ts';
import { crunVersion, versionResponse } from './system/version.ts';

/** Composition root: the only place of the engine that builds things. Everything below is told what it stands on. */

/** Opens all stores, brings records and machine together, and answers. */
export async function startEngine(config: EngineConfig, door: Door, { isPractised = false } = {}): Promise<{ close(): Promise<void> }> {
  const startedAt = performance.now();
  const paths = dataPaths(config);
  const { server, guest, carried } = door;
  const nativePorts = new NativeHostPorts(carried);
  const tasks = openTaskService(config.execRoot, { shimdEntry: config.shimd });
  const journal = await EventJournal.open(paths.events, log);
  const events = new EventBus(journal);
  const [store, snapshots, network] = await Promise.all([
    ContainerStore.open(paths.containers),
    openOverlaySnapshotter(paths.snapshots),
    openNetwork({ config, hostPorts: guest?.hostPorts ?? nativePorts, carried, events, log }),
    tasks.open(),
  ]);
  door.connectPorts((protocol, hostIp, hostPort) => network.controller.lookupPort(protocol, hostIp, hostPort));
  const images = await openImageService({
    paths: { content: paths.content, images: paths.images },
    snapshotter: snapshots,
    events,
    insecureRegistries: config.insecureRegistries,
    registryMirrors: config.registryMirrors,
    listUsers: () => store.imageUsers(),
    log,
  });
  const volumes = await openVolumes({
    config,
    hostFolders: hostFoldersOf(config, guest),
    events,
    log,
    mountsOf: (reference) => store.resolve(reference).record.mounts,
    describeUser: (containerId, volume) => volumeUser(store.get(containerId), volume),
    images,
    snapshots,
  });
  const { cgroupVersion, controllers } = readHostFacts();
  // The API answers before the built-in images are loaded; who asks for one in that moment waits instead of being refused.
  let builtinsLoaded: Promise<void> = Promise.resolve();
  const health = new HealthMonitors({ store, tasks, events, log });
  const needs: ContainerDependencies = {
    store,
    images: {
      resolve: (reference) =>
        images.resolve(reference).catch(async (error: unknown) => {
          if (!(error instanceof NotFoundError)) throw error;
          await builtinsLoaded;
          return images.resolve(reference);
        }),
    },
    commits: images,
    snapshots,
    mounter: rootfsMounter,
    tasks,
    network: network.controller,
    volumes: volumes.mounts,
    events,
    health,
    host: { hostname: hostname(), cpus: cpus().length, cgroupVersion, limits: readSupportedLimits(cgroupVersion, controllers) },
    log,
  };
  const verbs = containerVerbs(needs);
  const found = await reconcile(needs);
  guest?.restored();

  const routes = routeTable({
    containers: verbs.containers,
    execs: verbs.execs,
    images,
    networks: network.networks,
    volumes: volumes.volumes,
    files: { of: ({ kind, name }) => (kind === 'container' ? verbs.containers.files(name) : volumes.contents.files(name)) },
    volumeContents: volumes.contents,
    disk: { survey: () => diskSurvey({ root: config.root, images, containers: () => verbs.containers.disk(), volumes: () => volumes.volumes.disk() }) },
    system: {
      version: async () => versionResponse({ engine: engineVersion, api: apiVersion, minApi: minApiVersion, crun: await crunVersion() }),
      info: async () =>
        infoResponse({
          engineId: engineId(paths.engineId),
          version: engineVersion,
          crunVersion: await crunVersion(),
          root: config.root,
          cgroupVersion,
          insecureRegistries: images.registryConfig().insecure,
          registryMirrors: images.registryConfig().mirrors,
          limits: needs.host.limits,
          count: () => store.count(),
          countImages: async () => (await images.list({ all: true })).length,
          countListeners: () => events.listenerCount,
        }),
      diskUsage: (types) =>
        diskUsage(
          {
            images: () => images.list({ sharedSize: true }),
            containers: () => verbs.containers.list({ all: true, limit: 0, size: true, filters: {} }),
            volumes: () => volumes.volumes.usage(),
            layersSize: () => images.layersSize(),
          },
          types,
        ),
      events: ({ filters, ...options }) => streamEvents(events, { ...options, accept: eventFilter(filters) }),
      async powerOff() {
        await stopAllContainers(needs);
        powerOffMachine();
      },
      setClock,
      async settle() {
        await syncDisks();
        await dropCaches({ names: false });
      },
      growDisk: (wantedBytes) => growDataDisk(mountedDisk(config.root), wantedBytes),
      takeHostNetwork,
      takeDefaults,
    },
  });
  const idle = new IdleMemory(undefined, { isPractised });
  // A computer that is not only ours keeps what it likes.
  const giveBack =
    guest === null
      ? undefined
      : new GiveBack({
          read: () => readMachineFigures(config.root),
          sync: syncDisks,
          dropCaches: () => dropCaches({ names: false }),
          trim: async () => void (await trimFreeBlocks(config.root)),
          log,
        });
  server.on('request', (_request, response) => {
    idle.touch();
    response.once('close', () => idle.touch());
  });
  server.on('upgrade', () => idle.touch());
  server.on('connection', makeRoomForAnswers);
  idle.touch();
  const tcp = await Promise.all(config.tcp.map((address) => listenTcp(server, address)));
  await listen(server, config.socket);
  door.open(routes);
  process.stdout.write(`${JSON.stringify({ listening: config.socket, ms: Math.round(performance.now() - startedAt) })}\n`);
  if (Object.values(found).some((count) => count > 0)) log(`found after the start: ${JSON.stringify(found)}`);

  network.prepare();
  if (config.builtinImages !== undefined) builtinsLoaded = loadBuiltins(config.builtinImages);
  void afterStart();
  async function loadBuiltins(folder: string): Promise<void> {
    const loaded = await images.loadBuiltins(folder).catch((error: unknown) => {
      log(`built-in images: ${messageOf(error)}`);
      return [];
    });
    if (loaded.length > 0) log(`built-in images loaded: ${loaded.join(', ')}`);
  }
  async function afterStart(): Promise<void> {
    await builtinsLoaded;
    const started = await startByPolicy(needs);
    if (started > 0) log(`${started} containers started by their restart policies`);
    // The host may have made the disk larger while nothing ran.
    if (guest !== null) await growDataDisk(mountedDisk(config.root), 0).catch((error: unknown) => log(`the data disk: ${messageOf(error)}`));
  }

  return {
    async close() {
      idle.close();
      giveBack?.close();
      door.close();
      for (const listener of tcp) listener.close();
      rmSync(config.socket, { force: true });
      verbs.close();
      health.close();
      await network.close();
      await nativePorts.close();
      await tasks.close();
      await journal.close();
    },
  };
}

/** Undefined where this machine's folders are the user's, or nobody's. */
function hostFoldersOf({ hostFolders, filePort, guestKeyFile, execRoot }: EngineConfig, guest: GuestChannel | null) {
  if (hostFolders !== 'shared' || filePort === undefined || guestKeyFile === undefined || guest === null) return undefined;
  return sharedHostFolders({ directory: join(execRoot, 'host-folders'), port: filePort, keyFile: guestKeyFile, find: (path, create) => guest.findFolder(path, create) });
}

/** A socket file that a killed engine left is in the way of the next: the root's lock says that nobody serves it. */
async function listen(server: Server, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  server.listen(path);
  await once(server, 'listening');
  chmodSync(path, 0o660);
}

/** Made once per data root, as clients tell engines apart by it. */
function engineId(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    const id = randomUUID();
    writeFileSync(path, `${id}\n`, { mode: 0o600 });
    return id;
  }
}

async function main(): Promise<void> {
  let config: EngineConfig;
  try {
    config = parseCommandLine(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n${usage}\n`);
    process.exitCode = 2;
    return;
  }
  if (process.getuid?.() !== 0) throw new Error('the engine makes namespaces and mounts: start it as root');
  enterHostNamespace(config.execRoot);
  await runEngine(config, new Door(config, log));
}

/** From the first look at the data root until a signal ends it. @param options.isPractised this process has started an engine before, see guest/practice.ts */
export async function runEngine(config: EngineConfig, door: Door, options: { isPractised?: boolean } = {}): Promise<void> {
  mkdirSync(config.root, { recursive: true, mode: 0o710 });
  mkdirSync(config.execRoot, { recursive: true, mode: 0o710 });
  const lock = lockRoot(config.root);
  // Containers depend on the engine: a mistake in one request must not end it.
  process.on('uncaughtException', (error) => log(`not caught: ${error.stack ?? error.message}`));
  process.on('unhandledRejection', (reason) => log(`not caught: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`));
  const engine = await startEngine(config, door, options);
  let closing = false;
  const close = () => {
    if (closing) return;
    closing = true;
    engine
      .close()
      .catch((error: unknown) => log(`close: ${messageOf(error)}`))
      .finally(() => {
        lock.release();
        process.exit(0);
      });
  };
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    process.stderr.write(`the engine could not start: ${messageOf(error)}\n`);
    if (process.env.SLIPWAY_DEBUG !== undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
}
