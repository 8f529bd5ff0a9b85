import type { AppFacts, IpcRequestChannel, IpcRequests, IpcStreamChannel, IpcStreams } from '../../contract/ipc.ts';
import type { EngineClient } from '../engine-client/engine-client.ts';
import type { StatsSampler } from '../stats/sampler.ts';
import type { Journal } from '../troubleshoot/journal.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import type { Vm } from '../vm/vm.ts';
import type { RegistryAccounts } from '../registries/registry-accounts.ts';
import { appHandlers } from './app.ts';
import { containerHandlers } from './containers.ts';
import { imageHandlers } from './images.ts';
import { statsHandlers, watchStats } from './stats.ts';
import { streamLogs } from './streams/logs.ts';
import { registryHandlers } from './registries.ts';
import { settingsHandlers } from './settings.ts';
import type { StreamSession } from './stream-session.ts';
import { saveBundle, troubleshootHandlers } from './troubleshoot.ts';
import { runTerminal } from './streams/terminal.ts';
import { vmHandlers } from './vm.ts';
import { dataHandlers, exportData, importData } from './streams/data.ts';
import { downloadFile, type FileSaver } from './streams/download.ts';
import { loadImage, pullImage } from './streams/image-streams.ts';
import { streamBytes, streamLines, uploadBytes } from './streams/operation-streams.ts';

/** What the handlers stand on; built by `main/app.ts`. */
export interface Services {
  readonly facts: AppFacts;
  readonly vm: Vm;
  readonly engine: EngineClient;
  readonly settings: SettingsStore;
  readonly accounts: RegistryAccounts;
  readonly stats: StatsSampler;
  /** Opens an http(s) address in the person's browser. */
  openUrl(url: string): Promise<void>;
  /** Asks for a folder with the system's own dialog; absent where the shell has none. Undefined: the person thought better of it. */
  pickFolder?: (() => Promise<string | undefined>) | undefined;
  /** Tells the person by the system; absent where the shell has no way to. A click shows the window at `place`. */
  notify?: ((notice: { title: string; body: string; place: string }) => void) | undefined;
  /** Where a download goes: a save dialog, or a path that the browser fetches. */
  readonly files: FileSaver;
  /** SLIPWAY_HOME, and where the docker CLI finds the engine. */
  readonly home: string;
  readonly socketPath: string;
  readonly arch: 'amd64' | 'arm64';
  /** The app's own last lines. */
  readonly journal: Journal;
}

export type RequestHandlers = {
  [C in IpcRequestChannel]: (params: IpcRequests[C]['params']) => IpcRequests[C]['result'] | Promise<IpcRequests[C]['result']>;
};

/** The stream ends when the promise settles; a rejection becomes the end's error. */
export type StreamHandlers = {
  [C in IpcStreamChannel]: (params: IpcStreams[C]['params'], session: StreamSession<IpcStreams[C]['down'], IpcStreams[C]['up']>) => Promise<void>;
};

export interface Handlers {
  requests: RequestHandlers;
  streams: StreamHandlers;
}

/** Every channel's handler. A channel of the contract without one does not compile. */
export function createHandlers(services: Services): Handlers {
  const { engine, accounts } = services;
  return {
    requests: {
      ...appHandlers(services),
      ...settingsHandlers(services),
      ...vmHandlers(services),
      ...troubleshootHandlers(services),
      ...dataHandlers(),
      ...containerHandlers(services),
      ...imageHandlers(services),
      ...registryHandlers(services),
      ...statsHandlers(services),
      'engine/call': async ({ operation, params }) => engine.operations.json(operation, await accounts.withAccount(operation, params)),
    },
    streams: {
      'containers/logs': (params, session) => streamLogs(engine, params, session),
      'containers/terminal': (params, session) => runTerminal(engine, params, session),
      'stats/watch': (params, session) => watchStats(services.stats, params, session),
      'images/pull': (params, session) => pullImage(engine, accounts, params, session),
      'images/load': (params, session) => loadImage(engine, params, session),
      'engine/lines': async ({ operation, params }, session) => streamLines(engine, { operation, params: await accounts.withAccount(operation, params) }, session),
      'engine/bytes': (params, session) => streamBytes(engine, params, session),
      'engine/upload': (params, session) => uploadBytes(engine, params, session),
      'data/export': (params, session) => exportData(services, params, session),
      'data/import': (params, session) => importData(services, params, session),
      'troubleshoot/bundle': (_params, session) => saveBundle(services, session),
      'engine/download': (params, session) => downloadFile(engine, services.files, params, session),
    },
  };
}

/** The handlers of one area. */
export type HandlersOf<Prefix extends string> = Pick<RequestHandlers, Extract<IpcRequestChannel, `${Prefix}/${string}`>>;
