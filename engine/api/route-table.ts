import type { Handler, Route } from './router.ts';
import { archiveRoutes } from './routes/archive-routes.ts';
import type { ContainerFilesBackend } from './routes/archive-routes.ts';
import { containerRoutes } from './routes/container-routes.ts';
import type { ContainerBackend } from './routes/container-routes.ts';
import { diskRoutes } from './routes/disk-routes.ts';
import type { DiskBackend } from './routes/disk-routes.ts';
import { execRoutes } from './routes/exec-routes.ts';
import type { ExecBackend } from './routes/exec-routes.ts';
import { extensions } from './routes/extensions.ts';
import { fileRoutes } from './routes/file-routes.ts';
import type { FilesBackend } from './routes/file-routes.ts';
import { imageRoutes } from './routes/image-routes.ts';
import type { ImageBackend } from './routes/image-routes.ts';
import { logViewRoutes } from './routes/log-view-routes.ts';
import type { LogViewBackend } from './routes/log-view-routes.ts';
import { pingRoutes } from './routes/ping-routes.ts';
import { networkRoutes } from './routes/network-routes.ts';
import type { NetworkBackend, NetworkContainers } from './routes/network-routes.ts';
import {
  buildkitNotSupported,
  cancelBuild,
  clusterVolumesAlone,
  noBuildCache,
  noPlugins,
  noSuchPlugin,
  noSwarmLogs,
  notBuiltYet,
  notInSwarm,
  notSwarmManager,
  pluginsNotSupported,
} from './routes/refusals.ts';
import { streamRoutes } from './routes/stream-routes.ts';
import type { ContainerStreamBackend } from './routes/stream-routes.ts';
import { systemRoutes } from './routes/system-routes.ts';
import type { SystemBackend } from './routes/system-routes.ts';
import { volumeContentRoutes } from './routes/volume-content-routes.ts';
import type { VolumeContentsBackend } from './routes/volume-content-routes.ts';
import { volumeRoutes } from './routes/volume-routes.ts';
import type { VolumeBackend } from './routes/volume-routes.ts';

export interface Backends {
  system: SystemBackend;
  containers: ContainerBackend & ContainerStreamBackend & NetworkContainers & ContainerFilesBackend & LogViewBackend;
  execs: ExecBackend;
  images: ImageBackend;
  networks: NetworkBackend;
  volumes: VolumeBackend;
  files: FilesBackend;
  volumeContents: VolumeContentsBackend;
  disk: DiskBackend;
}

/** Every endpoint of the engine. A path that is not here is `404 page not found`. The first that fits wins. */
export function routeTable(backends: Backends): Route[] {
  const system = systemRoutes(backends.system);
  const container = containerRoutes(backends.containers);
  const files = archiveRoutes(backends.containers);
  const stream = streamRoutes(backends.containers);
  const logs = logViewRoutes(backends.containers);
  const exec = execRoutes(backends.execs);
  const image = imageRoutes(backends.images);
  const network = networkRoutes(backends.networks, backends.containers);
  const volume = volumeRoutes(backends.volumes);
  return [
    ...pingRoutes(),
    on('GET', '/version', system.version),
    on('GET', '/info', system.info),
    on('GET', '/events', system.events),
    on('GET', '/system/df', system.diskUsage),
    on('POST', '/auth', image.auth),
    on('POST', '/slipway/power-off', system.powerOff),
    on('GET', '/slipway', extensions),
    on('PUT', '/slipway/registries', image.registries),
    on('GET', '/slipway/stats', stream.usage),
    on('GET', '/slipway/logs/state', logs.state),
    on('GET', '/slipway/logs/lines', logs.lines),
    on('POST', '/slipway/logs/lines', logs.pick),
    on('POST', '/slipway/logs/search', logs.search),
    on('GET', '/slipway/logs/map', logs.map),
    on('POST', '/slipway/clock', system.setClock),
    on('POST', '/slipway/settle', system.settle),
    on('POST', '/slipway/grow-disk', system.growDisk),
    on('PUT', '/slipway/host-network', system.hostNetwork),
    on('PUT', '/slipway/defaults', system.defaults),

    on('GET', '/containers/json', container.list),
    on('POST', '/containers/create', container.create),
    on('POST', '/containers/prune', container.prune),
    on('GET', '/containers/{id}/json', container.inspect),
    on('GET', '/containers/{id}/top', container.top),
    on('GET', '/containers/{id}/logs', stream.logs),
    on('GET', '/containers/{id}/stats', stream.stats),
    on('GET', '/containers/{id}/changes', files.changes),
    on('GET', '/containers/{id}/export', files.export),
    on('HEAD', '/containers/{id}/archive', files.stat),
    on('GET', '/containers/{id}/archive', files.get),
    taking('PUT', '/containers/{id}/archive', files.put),
    on('POST', '/containers/{id}/start', container.start),
    on('POST', '/containers/{id}/stop', container.stop),
    on('POST', '/containers/{id}/restart', container.restart),
    on('POST', '/containers/{id}/kill', container.kill),
    on('POST', '/containers/{id}/pause', container.pause),
    on('POST', '/containers/{id}/unpause', container.unpause),
    on('POST', '/containers/{id}/rename', container.rename),
    on('POST', '/containers/{id}/resize', container.resize),
    on('POST', '/containers/{id}/update', container.update),
    on('POST', '/containers/{id}/wait', stream.wait),
    takeover('POST', '/containers/{id}/attach', stream.attach),
    takeover('GET', '/containers/{id}/attach/ws', stream.attachBySocket),
    on('DELETE', '/containers/{id}', container.remove),

    on('POST', '/containers/{id}/exec', exec.create),
    takeover('POST', '/exec/{id}/start', exec.start),
    on('POST', '/exec/{id}/resize', exec.resize),
    on('GET', '/exec/{id}/json', exec.inspect),

    on('GET', '/images/json', image.list),
    on('POST', '/images/create', image.create),
    on('POST', '/images/load', image.load),
    on('POST', '/images/prune', image.prune),
    on('GET', '/images/search', image.search),
    on('GET', '/images/get', image.save),
    on('GET', '/images/{name}/get', image.save),
    on('GET', '/images/{name}/json', image.inspect),
    on('GET', '/images/{name}/history', image.history),
    on('POST', '/images/{name}/tag', image.tag),
    on('POST', '/images/{name}/push', image.push),
    on('DELETE', '/images/{name}', image.remove),
    on('GET', '/distribution/{name}/json', image.distribution),
    on('POST', '/commit', files.commit),
    on('POST', '/build', notBuiltYet('docker build')),
    on('POST', '/build/prune', noBuildCache),
    on('POST', '/build/cancel', cancelBuild),
    on('POST', '/session', buildkitNotSupported),
    on('POST', '/grpc', buildkitNotSupported),

    on('GET', '/networks', network.list),
    on('POST', '/networks/create', network.create),
    on('POST', '/networks/prune', network.prune),
    on('POST', '/networks/{id}/connect', network.connect),
    on('POST', '/networks/{id}/disconnect', network.disconnect),
    on('GET', '/networks/{id}', network.inspect),
    on('DELETE', '/networks/{id}', network.remove),

    on('GET', '/volumes', volume.list),
    on('POST', '/volumes/create', volume.create),
    on('POST', '/volumes/prune', volume.prune),
    on('GET', '/volumes/{name}', volume.inspect),
    on('PUT', '/volumes/{name}', clusterVolumesAlone),
    on('DELETE', '/volumes/{name}', volume.remove),

    ...fileRoutes(backends.files),
    ...volumeContentRoutes(backends.volumeContents),
    ...diskRoutes(backends.disk),

    on('GET', '/plugins', noPlugins),
    on('GET', '/plugins/privileges', pluginsNotSupported),
    on('POST', '/plugins/pull', pluginsNotSupported),
    on('POST', '/plugins/create', pluginsNotSupported),
    on('GET', '/plugins/{name}/json', noSuchPlugin),
    ...['enable', 'disable', 'upgrade', 'push', 'set'].map((verb) => on('POST', `/plugins/{name}/${verb}`, noSuchPlugin)),
    on('DELETE', '/plugins/{name}', noSuchPlugin),
    ...swarmRoutes(),
  ];
}

/** Nodes, services, tasks, secrets and configs live in a swarm, and this engine is in none. */
function swarmRoutes(): Route[] {
  const update = (noun: string) => on('POST', `/${noun}/{id}/update`, notSwarmManager);
  const remove = (noun: string) => on('DELETE', `/${noun}/{id}`, notSwarmManager);
  return [
    on('GET', '/swarm', notSwarmManager),
    on('GET', '/swarm/unlockkey', notSwarmManager),
    ...['init', 'join', 'update', 'unlock'].map((verb) => on('POST', `/swarm/${verb}`, notSwarmManager)),
    on('POST', '/swarm/leave', notInSwarm),
    ...['nodes', 'services', 'tasks', 'secrets', 'configs'].map((noun) => on('GET', `/${noun}`, notSwarmManager)),
    ...['services', 'secrets', 'configs'].map((noun) => on('POST', `/${noun}/create`, notSwarmManager)),
    ...['services', 'tasks'].map((noun) => on('GET', `/${noun}/{id}/logs`, noSwarmLogs)),
    ...['nodes', 'services', 'tasks', 'secrets', 'configs'].map((noun) => on('GET', `/${noun}/{id}`, notSwarmManager)),
    ...['nodes', 'services', 'secrets', 'configs'].flatMap((noun) => [update(noun), remove(noun)]),
  ];
}

function on(method: Route['method'], path: string, handler: Handler): Route {
  return { method, path, handler };
}

/** The handler reads a large body itself. */
function taking(method: Route['method'], path: string, handler: Handler): Route {
  return { method, path, handler, takesUnreadBody: true };
}

/** The answer takes the connection over as a byte stream. */
function takeover(method: Route['method'], path: string, handler: Handler): Route {
  return { method, path, handler, hijacks: true };
}
