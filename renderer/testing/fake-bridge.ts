import type { ContainerInspect, ContainerSummary } from '../../contract/engine-api/container.ts';
import { fakeHistory, fakeRecent, fakeProcesses, fakeSamples } from './fake-usage.ts';
import type { ImageSummary } from '../../contract/engine-api/image.ts';
import type { ProgressMessage } from '../../contract/engine-api/progress.ts';
import type { InfoResponse } from '../../contract/engine-api/system.ts';
import type { OperationName } from '../../contract/engine-operations.ts';
import type { IpcError, IpcResult } from '../../contract/ipc-result.ts';
import type { AppFacts, LogChunk, Settings } from '../../contract/ipc.ts';
import type { IpcBridge, ToMain, ToWindow } from '../../contract/ipc-wire.ts';
import { sampleChecks, sampleStarts } from './scenes/checks.ts';
import type { VmState } from '../../contract/vm-state.ts';
import { fakeLogs } from './fake-logs.ts';

/** Everything that a window asks for, as it is in one moment. */
export interface Scene {
  vm: VmState;
  facts: AppFacts;
  settings: Settings;
  info: InfoResponse;
  containers: ContainerSummary[];
  inspects: Record<string, ContainerInspect>;
  images: ImageSummary[];
  logs: LogChunk[];
  /** Lines of the log, of which `logs` are the last; absent: as many as they are. `null`: an engine without an index. */
  logLines?: number | null;
  terminal: string;
  pull: ProgressMessage[];
  /** Answers of channels that fail in this scene. */
  failures: Partial<Record<string, IpcError>>;
  /** Channels that never answer. */
  silent: string[];
  /** Answers of the engine's operations, by name. */
  operations: Partial<Record<OperationName, unknown>>;
  /** Pushes that come after the first reading. */
  afterwards: ToWindow[];
}

const imageHistory = [
  ['CMD ["postgres"]', 0], ['EXPOSE map[5432/tcp:{}]', 0], ['ENTRYPOINT ["docker-entrypoint.sh"]', 0], ['COPY docker-entrypoint.sh /usr/local/bin/ # buildkit', 9.2e3],
  ['RUN /bin/sh -c set -ex; apt-get update; apt-get install --yes postgresql-17 # buildkit', 252e6], ['/bin/sh -c #(nop)  ENV LANG=en_US.utf8', 0], ['/bin/sh -c #(nop) ADD file:e4695b26 in / ', 97.2e6],
].map(([CreatedBy, Size], index) => ({ Id: index === 0 ? 'sha256:e4842c8a99ca' : '<missing>', Created: Math.floor(Date.now() / 1000) - 15 * 86_400, CreatedBy, Size, Tags: index === 0 ? ['postgres:17.2'] : null, Comment: '' }));

/** Plays `main` for a window: answers from the scene, and lets actions change it the way the engine would. */
export function createFakeBridge(scene: Scene): IpcBridge {
  let deliver: (message: ToWindow) => void = () => undefined;
  const streams = new Map<number, string>();
  let madeLogs: ReturnType<typeof fakeLogs> | undefined;
  const logs = () => (madeLogs ??= fakeLogs(scene.logs, scene.logLines ?? scene.logs.reduce((sum, { text }) => sum + text.split('\n').length - 1, 0)));

  function event(Type: 'container' | 'image', Action: string, ID: string): void {
    const seconds = Date.now() / 1000;
    deliver({ type: 'push', channel: 'engine/event', payload: { Type, Action, Actor: { ID, Attributes: {} }, scope: 'local', time: Math.floor(seconds), timeNano: seconds * 1e9 } });
  }

  function change(id: string, State: ContainerSummary['State'], Status: string): undefined {
    scene.containers = scene.containers.map((container) => (container.Id === id ? { ...container, State, Status } : container));
    event('container', State, id);
    return undefined;
  }

  const answers: Record<string, (params: never) => unknown> = {
    'app/facts': () => scene.facts,
    'app/host-port': ({ port }: { port: number }) => (port === 3306 ? { isTaken: true, program: 'mysqld (process 4121)' } : { isTaken: false }),
    'settings/get': () => scene.settings,
    'settings/change': (params: Partial<Settings>) => (scene.settings = { ...scene.settings, ...params }),
    'vm/state': () => scene.vm,
    'vm/start': () => undefined,
    'engine/info': () => scene.info,
    'troubleshoot/check': () => sampleChecks,
    'troubleshoot/starts': () => sampleStarts,
    'engine/call': ({ operation }: { operation: OperationName }) => scene.operations[operation],
    'containers/list': () => scene.containers,
    'containers/inspect': ({ id }: { id: string }) => scene.inspects[id] ?? Object.values(scene.inspects)[0],
    'containers/start': ({ id }: { id: string }) => change(id, 'running', 'Up 1 second'),
    'containers/stop': ({ id }: { id: string }) => change(id, 'exited', 'Exited (0) 1 second ago'),
    'containers/restart': ({ id }: { id: string }) => change(id, 'running', 'Up 1 second'),
    'containers/pause': ({ id }: { id: string }) => change(id, 'paused', 'Up 3 hours (Paused)'),
    'containers/unpause': ({ id }: { id: string }) => change(id, 'running', 'Up 3 hours'),
    'containers/remove': ({ id }: { id: string }) => {
      scene.containers = scene.containers.filter((container) => container.Id !== id);
      event('container', 'destroy', id);
    },
    'app/folders': ({ path = '/home/jo' }: { path?: string }) => ({ path, parent: '/home', folders: ['code', 'documents', 'site', 'site-2'], isCut: false, hasIndex: path.endsWith('site') }),
    'app/pick-folder': () => ({ status: 'browse' }),
    'settings/certificates': ({ paths }: { paths: string[] }) => paths.map((path, index) => (index === 0 ? { path, status: 'good', names: ['Corp Root CA', 'Corp Issuing CA 2'], until: '2031-05-01T00:00:00Z' } : { path, status: 'unreadable' })),
    'data/archives': ({ folder }: { folder: string }) => [
      { path: `${folder}/slipway-2026-11-20.slipway`, name: 'slipway-2026-11-20.slipway', size: 1.42e9, diskBytes: 4.1e9, writtenAt: '2026-11-20T14:02:09Z', version: '0.1.0', sha256: 'a'.repeat(64) },
      { path: `${folder}/before the fair.slipway`, name: 'before the fair.slipway', size: 0.61e9, diskBytes: 2.2e9, writtenAt: '2026-10-02T09:41:00Z', version: '0.1.0', sha256: 'b'.repeat(64) },
    ],
    'registries/accounts': () => [{ server: 'docker.io', username: 'jo' }, { server: 'registry.lan:5000', username: 'ci' }],
    'stats/history': ({ id }: { id?: string }) => fakeHistory(scene.containers, id, Date.now()),
    'images/list': () => scene.images,
    'images/inspect': ({ id }: { id: string }) => ({ Id: id, RepoTags: [], RepoDigests: [], Config: { ExposedPorts: { '5432/tcp': {} }, Volumes: { '/var/lib/postgresql/data': {} } } }),
    'images/remove': ({ id }: { id: string }) => {
      scene.images = scene.images.filter((image) => !image.RepoTags.includes(id));
      event('image', 'delete', id);
    },
  };

  function answer(channel: string, params: unknown): IpcResult<unknown> | undefined {
    if (scene.silent.includes(channel)) return undefined;
    if (channel === 'engine/call') {
      const { operation, params: given } = params as { operation: string; params: { buckets?: number } };
      if (operation === 'networks.list' && scene.operations[operation] === undefined) return { ok: true, value: ['bridge', 'shop_default', 'monitoring'].map((Name) => ({ Name, Id: Name })) };
      if (operation === 'containers.top') return { ok: true, value: fakeProcesses };
      if (operation === 'logs.map') return { ok: true, value: logs().map(given.buckets ?? 100) };
      if (operation === 'images.history') return { ok: true, value: imageHistory };
      if (operation === 'system.extensions') {
        return scene.logLines === null ? { ok: false, error: { kind: 'not-found', message: 'page not found', status: 404 } } : { ok: true, value: { Extensions: { logs: 1 } } };
      }
    }
    const error = scene.failures[channel];
    if (error !== undefined) return { ok: false, error };
    const value = answers[channel]?.(params as never);
    return { ok: true, value: structuredClone(value) };
  }

  function open(stream: number, channel: string, asked: unknown): void {
    streams.set(stream, channel);
    const { operation = '', params = {} } = (asked ?? {}) as { operation?: string; params?: Record<string, unknown> };
    const send = (payload: unknown): void => deliver({ type: 'data', stream, payload });
    if (channel === 'engine/lines' && operation === 'logs.state') send(logs().state(params['container'] as string[]));
    if (channel === 'engine/bytes') {
      const given = (params['body'] ?? params) as never;
      const answers = { 'logs.lines': logs().lines, 'logs.pick': logs().pick, 'logs.search': logs().search } as Record<string, ((given: never) => Uint8Array[]) | undefined>;
      const whole = scene.operations[operation as OperationName];
      for (const bytes of answers[operation]?.(given) ?? (whole === undefined ? [] : [whole])) send(bytes);
      deliver({ type: 'end', stream });
    }
    if (channel === 'stats/watch') {
      send({ type: 'recent', points: fakeRecent(scene.containers, Date.now()) });
      const tell = (): void => {
        if (streams.get(stream) === 'stats/watch') send({ type: 'samples', at: Date.now(), samples: fakeSamples(scene.containers, Date.now()) });
      };
      tell();
      setInterval(tell, 1000);
    }
    if (channel === 'data/export') {
      send({ type: 'stopping' });
      send({ type: 'progress', done: 1.7e9, total: 4.1e9 });
    }
    if (channel === 'containers/logs') for (const chunk of scene.logs) send(chunk);
    if (channel === 'images/pull') {
      for (const message of scene.pull) send(message);
      const failed = scene.failures['images/pull'];
      if (failed !== undefined) deliver({ type: 'end', stream, error: failed });
    }
    if (channel === 'engine/lines' && operation === 'system.events') {
      for (const line of (scene.operations[operation as OperationName] as unknown[] | undefined) ?? []) send(line);
      deliver({ type: 'end', stream });
    }
    if (channel === 'containers/terminal') {
      send({ type: 'opened', command: ['sh'] });
      send(new TextEncoder().encode(scene.terminal));
    }
  }

  return {
    send(message: ToMain) {
      const received = structuredClone(message);
      queueMicrotask(() => {
        if (received.type === 'request') {
          const result = answer(received.channel, received.params);
          if (result !== undefined) deliver({ type: 'response', id: received.id, result });
          if (received.channel === 'containers/list') for (const push of scene.afterwards.splice(0)) setTimeout(() => deliver(push), 50);
        } else if (received.type === 'open') open(received.stream, received.channel, received.params);
        else if (received.type === 'close') streams.delete(received.stream);
        else if (received.type === 'data' && streams.get(received.stream) === 'containers/terminal' && received.payload instanceof Uint8Array) {
          deliver({ type: 'data', stream: received.stream, payload: received.payload });
        }
      });
    },
    listen(listener) {
      deliver = listener;
    },
    onConnection() {
      // The fake never breaks by itself.
    },
  };
}
