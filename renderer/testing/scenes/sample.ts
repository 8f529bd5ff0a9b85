import type { ContainerInspect, ContainerSummary, PortSummary } from '../../../contract/engine-api/container.ts';
import type { ImageSummary } from '../../../contract/engine-api/image.ts';

/** A developer's machine: one shop, one observability stack, some loose ends. */

const hex = (seed: string): string => {
  let state = 7;
  for (const character of seed) state = (state * 31 + character.charCodeAt(0)) >>> 0;
  let text = '';
  while (text.length < 64) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += state.toString(16).padStart(8, '0');
  }
  return text.slice(0, 64);
};

export const idOf = hex;

const now = Math.floor(Date.now() / 1000);

const published = (publicPort: number, privatePort = publicPort): PortSummary[] => [
  { IP: '0.0.0.0', PrivatePort: privatePort, PublicPort: publicPort, Type: 'tcp' },
  { IP: '::', PrivatePort: privatePort, PublicPort: publicPort, Type: 'tcp' },
];
const inside = (port: number): PortSummary[] => [{ PrivatePort: port, Type: 'tcp' }];

export function container(name: string, image: string, state: ContainerSummary['State'], status: string, ports: PortSummary[] = [], project?: string): ContainerSummary {
  const labels: Record<string, string> = project === undefined ? {} : { 'com.docker.compose.project': project, 'com.docker.compose.project.config_files': `/home/jo/code/${project}/compose.yaml` };
  return {
    Id: hex(name),
    Names: [`/${name}`],
    Image: image,
    ImageID: `sha256:${hex(image)}`,
    Command: 'docker-entrypoint.sh',
    Created: now - 12_000,
    Ports: ports,
    Labels: labels,
    State: state,
    Status: status,
    HostConfig: { NetworkMode: 'bridge' },
    NetworkSettings: { Networks: {} },
    Mounts: [],
  };
}

export const containers: ContainerSummary[] = [
  container('shop-web-1', 'nginx:1.27-alpine', 'running', 'Up 3 hours', [...published(8080, 80), ...published(8443, 443)], 'shop'),
  container('shop-api-1', 'shop-api:dev', 'running', 'Up 3 hours (healthy)', [...published(3000), ...published(9229)], 'shop'),
  container('shop-worker-1', 'shop-worker:dev', 'restarting', 'Restarting (137) 4 seconds ago', [], 'shop'),
  container('shop-search-1', 'opensearch:2.18', 'running', 'Up 3 hours (unhealthy)', published(9200), 'shop'),
  container('shop-postgres-1', 'postgres:17.2', 'running', 'Up 3 hours (healthy)', published(5432), 'shop'),
  container('shop-redis-1', 'redis:7.4-alpine', 'running', 'Up 3 hours (healthy)', inside(6379), 'shop'),
  container('observability-grafana-1', 'grafana/grafana:11.4.0', 'running', 'Up 2 days', published(3001, 3000), 'observability'),
  container('observability-loki-1', 'grafana/loki:3.3.1', 'running', 'Up 2 days', inside(3100), 'observability'),
  container('observability-prometheus-1', 'prom/prometheus:v3.0.1', 'running', 'Up 2 days', published(9090), 'observability'),
  container('pg-scratch', 'postgres:16', 'running', 'Up 41 minutes', published(5433, 5432)),
  container('minio', 'minio/minio:latest', 'paused', 'Up 5 days (Paused)', [...published(9000), ...published(9001)]),
  container('migrate', 'shop-api:dev', 'exited', 'Exited (1) 12 minutes ago'),
  container('hello', 'hello-world:latest', 'exited', 'Exited (0) 2 hours ago'),
  container('etl-draft', 'python:3.13-slim', 'created', 'Created'),
];

const never = '0001-01-01T00:00:00Z';

export function inspectOf(summary: ContainerSummary): ContainerInspect {
  const name = summary.Names[0] ?? '';
  const isUp = summary.State === 'running' || summary.State === 'paused';
  const isWorker = name === '/shop-worker-1';
  const isSearch = name === '/shop-search-1';
  return {
    Id: summary.Id,
    Created: new Date((now - 12_000) * 1000).toISOString(),
    Path: 'docker-entrypoint.sh',
    Args: ['node', 'server.js', '--listen', '0.0.0.0:3000'],
    State: {
      Status: summary.State,
      Running: isUp,
      Paused: summary.State === 'paused',
      Restarting: isWorker,
      OOMKilled: isWorker,
      Dead: false,
      Pid: isUp ? 4121 : 0,
      ExitCode: isWorker ? 137 : 0,
      Error: '',
      StartedAt: summary.State === 'created' ? never : new Date((now - 11_500) * 1000).toISOString(),
      FinishedAt: isUp ? never : new Date((now - 720) * 1000).toISOString(),
      ...(isSearch ? { Health: { Status: 'unhealthy' as const, FailingStreak: 3, Log: [{ Start: '', End: '', ExitCode: 7, Output: 'curl to port 9200: connection refused.\n' }] } } : {}),
    },
    Image: summary.ImageID,
    ResolvConfPath: '',
    HostnamePath: '',
    HostsPath: '',
    LogPath: '',
    Name: name,
    RestartCount: isWorker ? 4 : 0,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: null,
    HostConfig: { Memory: isWorker ? 256 * 2 ** 20 : 0, RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 } },
    GraphDriver: { Name: 'overlay2', Data: {} },
    Mounts: [
      { Type: 'volume', Name: 'shop_api-cache', Source: '/var/lib/slipway/volumes/shop_api-cache/_data', Destination: '/app/.cache', Mode: 'rw', RW: true, Propagation: '' },
      { Type: 'bind', Source: '/home/jo/code/shop/api', Destination: '/app/src', Mode: 'ro', RW: false, Propagation: 'rprivate' },
    ],
    Config: {
      Hostname: summary.Id.slice(0, 12),
      Image: summary.Image,
      User: 'node',
      WorkingDir: '/app',
      Env: ['NODE_ENV=development', 'SEARCH_URL=http://search:9200', 'SEARCH_TIMEOUT_MS=2000', 'DATABASE_PASSWORD=correct horse battery staple', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    },
    NetworkSettings: {
      Bridge: '', SandboxID: '', SandboxKey: '', HairpinMode: false, LinkLocalIPv6Address: '', LinkLocalIPv6PrefixLen: 0, SecondaryIPAddresses: null, SecondaryIPv6Addresses: null,
      Ports: {}, EndpointID: '', Gateway: '', GlobalIPv6Address: '', GlobalIPv6PrefixLen: 0, IPAddress: '172.21.0.5', IPPrefixLen: 16, IPv6Gateway: '', MacAddress: '',
      Networks: { shop_default: { IPAddress: '172.21.0.5' } as never },
    },
  };
}

function image(tag: string, megabytes: number, days: number): ImageSummary {
  return {
    Id: `sha256:${hex(tag)}`,
    ParentId: '',
    RepoTags: tag.startsWith('<none>') ? [] : [tag],
    RepoDigests: [],
    Created: now - days * 86_400,
    Size: megabytes * 1e6,
    SharedSize: tag.startsWith('postgres') ? 264e6 : tag.includes('alpine') ? 8e6 : 0,
    Labels: null,
    Containers: -1,
  };
}

export const images: ImageSummary[] = [
  image('grafana/grafana:11.4.0', 504, 21),
  image('grafana/loki:3.3.1', 102, 21),
  image('hello-world:latest', 0.01, 240),
  image('minio/minio:latest', 174, 36),
  image('nginx:1.27-alpine', 49, 15),
  image('node:22-alpine', 154, 15),
  image('opensearch:2.18', 1210, 43),
  image('postgres:16', 432, 15),
  image('postgres:17.2', 438, 15),
  image('prom/prometheus:v3.0.1', 295, 28),
  image('redis:7.4-alpine', 41, 15),
  image('shop-api:dev', 250, 0.13),
  image('shop-worker:dev', 228, 0.13),
  image('<none>:<none>', 242, 1),
  image('slipway/hello:latest', 2.3, 9),
];
