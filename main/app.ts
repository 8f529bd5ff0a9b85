import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { AppFacts } from '../contract/ipc.ts';
import type { ToWindow } from '../contract/ipc-wire.ts';
import { hostArch, type CommandLine } from './command-line.ts';
import { listenControl, type ControlDesk } from './control/control-socket.ts';
import { createEngineClient, type EngineClient } from './engine-client/engine-client.ts';
import { watchEvents } from './engine-client/events-watcher.ts';
import { Failure, messageOf } from './failure.ts';
import { controlAddress, hostAddress } from './host-socket/host-address.ts';
import { followHostNetwork } from './host-network/follow-host-network.ts';
import { listenHostSocket, type HostSocket } from './host-socket/host-socket.ts';
import type { FileSaver } from './ipc/streams/download.ts';
import { createHandlers } from './ipc/handlers.ts';
import { PushHub } from './ipc/push.ts';
import { serveWindow } from './ipc/register.ts';
import type { IpcTransport } from './ipc/transport.ts';
import { Journal } from './troubleshoot/journal.ts';
import { openAccounts } from './registries/account-store.ts';
import { registryAccounts } from './registries/registry-accounts.ts';
import { registrySettings } from './registries/registry-settings.ts';
import { StartRecorder } from './troubleshoot/start-records.ts';
import { engineDefaults } from './settings/engine-defaults.ts';
import { usualSuspendMinutes } from './settings/settings-shape.ts';
import { openSettings, type SettingsStore } from './settings/settings-store.ts';
import { catchUp } from './stats/catch-up.ts';
import { History } from './stats/history.ts';
import { HistoryFile } from './stats/history-file.ts';
import { StatsSampler } from './stats/sampler.ts';
import { usageSource } from './stats/usage-source.ts';
import { createExternalEngine } from './vm/engine/external-engine.ts';
import { createHypervDriver } from './vm/hyperv/hyperv-driver.ts';
import { createVm } from './vm/create-vm.ts';
import { SharedFolders } from './shared-folders/shared-folders.ts';
import { IdleSuspender } from './vm/suspend/idle-suspender.ts';
import { countRunning } from './vm/suspend/suspend-vm.ts';
import type { Vm } from './vm/vm.ts';

export interface AppOptions extends Pick<CommandLine, 'home' | 'engineSocket'> {
  /** Folder with kernel, initrd and root of the VM. Not read with an engine socket. */
  imageDirectory: string;
  /** Makes the image anew when a start found it damaged; absent where nothing can. */
  rebuildImage?(): Promise<void>;
  version: string;
  shell: AppFacts['shell'];
  openUrl(url: string): Promise<void>;
  /** The system's own dialog for a folder, where the shell has one. */
  pickFolder?(): Promise<string | undefined>;
  /** Tells the person by a notification of the system, where the shell has them; `onClick` after the window was shown. */
  notify?(notice: { title: string; body: string }, onClick: () => void): void;
  /** How this shell keeps files that the window asks for. */
  files: FileSaver;
  /** What this shell does for `slipway` on the command line; absent: nothing can be asked from outside. */
  control?: ControlDesk;
  /** One line for the app's own log; never secret. */
  log(line: string): void;
}

/** Everything of the app that is not a shell, running. */
export interface App {
  readonly facts: AppFacts;
  readonly vm: Vm;
  /** Asked without keeping the VM from being suspended. */
  readonly engine: EngineClient;
  readonly settings: Pick<SettingsStore, 'current'>;
  /** Hears what windows hear, beginning with the present state, without being one that keeps the VM awake. Answers the way out. */
  follow(listener: (message: ToWindow) => void): () => void;
  /** Leads the windows to a page. */
  showPlace(place: string): void;
  /** Serves one window until it goes. */
  serve(transport: IpcTransport): void;
  /** Stops the VM and lets go of everything. Windows hear of it while it goes on; they are the shell's to close. Idempotent. */
  close(): Promise<void>;
}

/**
 * Builds the app and asks the VM to start; a failed start is told to the windows as a state.
 * @throws Failure `conflict` when another instance runs with the same home.
 */
export async function startApp(options: AppOptions): Promise<App> {
  const { home } = options;
  const journal = new Journal();
  const log = (line: string): void => {
    journal.add(line);
    options.log(line);
  };
  await mkdir(home, { recursive: true, mode: 0o700 });
  if (process.platform !== 'win32') await chmod(home, 0o700);
  const settings = await openSettings(home, log);
  const address = hostAddress(home);
  if (options.engineSocket === address.path) {
    throw new Failure('invalid', `${address.path} is the socket that this Slipway makes; it cannot be its engine as well.`);
  }
  const folders = new SharedFolders({ home, log });
  folders.share(settings.current.sharedFolders);
  const vm =
    options.engineSocket === undefined
      ? createVm({ home, imageDirectory: options.imageDirectory, settings: () => settings.current, rebuildImage: options.rebuildImage, folders, snapshots: process.env.SLIPWAY_SNAPSHOTS !== 'off', log, ...(process.env.SLIPWAY_HYPERVISOR === 'hyperv' ? { driver: createHypervDriver() } : {}) })
      : createExternalEngine({ socketPath: options.engineSocket });
  const openApi = () => vm.openStream({ kind: 'api' });
  const idle = new IdleSuspender({
    vm,
    idleMs: () => (options.engineSocket === undefined ? (settings.current.suspendAfterMinutes ?? usualSuspendMinutes) * 60_000 : 0),
    countRunning: () => countRunning(openApi, AbortSignal.timeout(60_000)),
    log,
  });
  /** A stream that keeps the VM from being suspended as long as it is open. */
  const openHeld = async (): Promise<Duplex> => {
    const release = idle.hold();
    try {
      const stream = await openApi();
      stream.once('close', release);
      return stream;
    } catch (error) {
      release();
      throw error;
    }
  };
  // Whoever comes from outside wakes the VM. What a window reads by itself does not: a VM that its person suspended stays so, and the window shows that.
  const hostSocket = await listenHostSocket(address, async () => {
    const release = idle.hold();
    try {
      await vm.wake();
      return await openHeld();
    } finally {
      release();
    }
  });
  const engine = createEngineClient(openApi);
  const windowEngine = createEngineClient(openHeld);
  const pushes = new PushHub(['vm/state', 'settings/state', 'engine/connection']);
  const facts = factsOf(options, address.dockerHost);
  const history = new History(new HistoryFile(join(home, 'stats')));
  await history.load(Date.now());
  const accounts = registryAccounts(windowEngine, openAccounts(home, log));
  const told = [registrySettings(engine, log), engineDefaults(engine, log)];
  // An engine without VM is on this computer's network itself.
  const network = options.engineSocket === undefined ? followHostNetwork({ open: openApi, log }) : undefined;
  const stats = new StatsSampler({ source: usageSource(engine), history });
  const showPlace = (place: string): void => pushes.push('app/place', { place });
  const notify = options.notify === undefined ? undefined : ({ place, ...notice }: { title: string; body: string; place: string }): void => options.notify?.(notice, () => showPlace(place));
  const handlers = createHandlers({ facts, vm, engine: windowEngine, settings, accounts, stats, openUrl: options.openUrl, pickFolder: options.pickFolder, notify, files: options.files, home, socketPath: address.path, arch: hostArch() === 'arm64' ? 'arm64' : 'amd64', journal });

  // An engine without VM has no start worth telling.
  const recorder = options.engineSocket === undefined ? new StartRecorder({ home, version: options.version, vm, log }) : undefined;
  const control = options.control === undefined ? undefined : await listenControl(controlAddress(home), { desk: options.control, vm, facts });

  pushes.push('vm/state', vm.state);
  const stopState = vm.onState((state) => pushes.push('vm/state', state));
  const stopFollowing = settings.follow((news) => {
    for (const part of told) part.changed(news.settings);
    network?.changed(news.settings);
    vm.growDisk().catch((error: unknown) => log(messageOf(error)));
    folders.share(news.settings.sharedFolders);
    pushes.push('settings/state', news);
    idle.touch();
  });
  const ended = new AbortController();
  /** When the engine was heard last, in milliseconds since the epoch. */
  let heardUntil: number | undefined;
  const watcher = watchEvents({
    client: engine,
    vm,
    onEvent(event) {
      stats.hear(event);
      idle.touch();
      pushes.push('engine/event', event);
    },
    onConnection(connection) {
      stats.setConnected(connection.status === 'connected');
      if (connection.status === 'away') heardUntil = Date.parse(connection.since);
      else catchUp(engine, heardUntil, (event) => stats.hear(event), ended.signal).catch((error: unknown) => log(`stats: what happened meanwhile could not be read: ${messageOf(error)}`));
      if (connection.status === 'connected') for (const part of told) part.connected();
      if (connection.status === 'connected') network?.connected();
      pushes.push('engine/connection', connection);
    },
    signal: ended.signal,
  });
  // The failure is in the VM's state, where the window shows it with its ways out.
  vm.start().catch(() => undefined);

  let closing: Promise<void> | undefined;
  return {
    facts,
    vm,
    engine,
    settings,
    follow: (listener) => pushes.join({ send: listener }),
    showPlace,
    serve(transport) {
      // A window that opens shows the engine, whether it was suspended or not; why it cannot is in the state.
      vm.wake().catch(() => undefined);
      serveWindow(transport, handlers, pushes, idle.hold());
    },
    close: () => (closing ??= close(vm, hostSocket, async () => {
      idle.close();
      stopState();
      stopFollowing();
      network?.close();
      await folders.close();
      await recorder?.close();
      await stats.close();
      ended.abort();
      await watcher;
      await control?.close();
    })),
  };
}

async function close(vm: Vm, hostSocket: HostSocket, stopWatching: () => Promise<void>): Promise<void> {
  // New work first, then the VM, then those who tell of it.
  await hostSocket.close();
  try {
    await vm.stop({ keepSuspended: true });
  } finally {
    await stopWatching();
  }
}

function factsOf({ version, shell }: AppOptions, dockerHost: string): AppFacts {
  const { platform } = process;
  return { version, shell, platform: platform === 'darwin' || platform === 'win32' ? platform : 'linux', dockerHost };
}
