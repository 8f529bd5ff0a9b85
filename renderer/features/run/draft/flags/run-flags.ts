import type { DeviceMapping, DeviceRequest } from '../../../../../contract/engine-api/container.ts';
import { config, host, hostList, list, nothing, on, text, type RunFlag, type Target } from './flag.ts';
import { readMount } from './mount-flag.ts';
import { readNetwork } from './network-flag.ts';
import { readBytes, readDuration, readFields, readPair, splitLast } from './values.ts';

const number = (value: string): number => Number(value.trim());
const yes = (): boolean => true;
const pairs = (values: string[]): Record<string, string> => Object.fromEntries(values.map(readPair));
const rate = (read: (text: string) => number | undefined) => (value: string) => {
  const [Path, figure] = splitLast(value);
  return { Path, Rate: read(figure) };
};
const health = (field: 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval') => (target: Target, [value = '']: string[]) => void (target.health[field] = readDuration(value) ?? 0);
const address = (field: 'IPv4Address' | 'IPv6Address') => ({ endpoint }: Target, [value = '']: string[]) => void (endpoint.IPAMConfig = { ...endpoint.IPAMConfig, [field]: value });

/**
 * Every flag of `docker run` (28) besides the plain fields of the form and those that only concern the terminal where the CLI runs
 * (`parse-command.ts`). Form, command, parser and request are all made from this table; its order is that of the form and of the command.
 */
export const runFlags = {
  restart: text('restart', 'restart', '', ({ host: h }, [value = '']) => {
    const [Name = 'no', count] = value.split(':');
    h.RestartPolicy = { Name: Name as 'always', MaximumRetryCount: Number(count ?? 0) };
  }),
  'health-cmd': text('restart', 'any', 'curl --fail http://localhost', ({ health: h }, [value = '']) => void (h.Test = ['CMD-SHELL', value])),
  'health-interval': text('restart', 'duration', '30s', health('Interval')),
  'health-timeout': text('restart', 'duration', '30s', health('Timeout')),
  'health-retries': text('restart', 'integer', '3', ({ health: h }, [value = '']) => void (h.Retries = number(value))),
  'health-start-period': text('restart', 'duration', '0s', health('StartPeriod')),
  'health-start-interval': text('restart', 'duration', '5s', health('StartInterval')),
  'no-healthcheck': on('restart', ({ health: h }) => void (h.Test = ['NONE'])),
  'stop-signal': text('restart', 'any', 'SIGTERM', config('StopSignal')),
  'stop-timeout': text('restart', 'integer', '10', config('StopTimeout', number)),

  memory: text('limits', 'bytes', '256m', host('Memory', readBytes), { short: 'm' }),
  cpus: text('limits', 'number', '1.5', host('NanoCpus', (value) => Math.round(number(value) * 1e9))),
  'pids-limit': text('limits', 'integer', '200', host('PidsLimit', number)),
  'memory-reservation': text('limits', 'bytes', '128m', host('MemoryReservation', readBytes)),
  'memory-swap': text('limits', 'swap', '512m', host('MemorySwap', (value) => (value.trim() === '-1' ? -1 : readBytes(value)))),
  'memory-swappiness': text('limits', 'integer', '60', host('MemorySwappiness', number)),
  'kernel-memory': text('limits', 'bytes', '64m', host('KernelMemory', readBytes)),
  'shm-size': text('limits', 'bytes', '64m', host('ShmSize', readBytes)),
  'cpu-shares': text('limits', 'integer', '1024', host('CpuShares', number), { short: 'c' }),
  'cpuset-cpus': text('limits', 'any', '0-1', host('CpusetCpus')),
  'cpuset-mems': text('limits', 'any', '0', host('CpusetMems')),
  'cpu-period': text('limits', 'integer', '100000', host('CpuPeriod', number)),
  'cpu-quota': text('limits', 'integer', '50000', host('CpuQuota', number)),
  'cpu-rt-period': text('limits', 'integer', '1000000', host('CpuRealtimePeriod', number)),
  'cpu-rt-runtime': text('limits', 'integer', '950000', host('CpuRealtimeRuntime', number)),
  ulimit: list('limits', 'ulimit', 'nofile=1024:2048', hostList('Ulimits', (value) => {
    const [Name, limits] = readPair(value);
    const [soft = '', hard = soft] = limits.split(':');
    return { Name, Soft: Number(soft), Hard: Number(hard) };
  })),
  'oom-kill-disable': on('limits', host('OomKillDisable', yes)),
  'oom-score-adj': text('limits', 'integer', '500', host('OomScoreAdj', number)),
  'blkio-weight': text('limits', 'integer', '500', host('BlkioWeight', number)),
  'blkio-weight-device': list('limits', 'weight', '/dev/sda:500', hostList('BlkioWeightDevice', (value) => ({ Path: splitLast(value)[0], Weight: Number(splitLast(value)[1]) }))),
  'device-read-bps': list('limits', 'bytesRate', '/dev/sda:10mb', hostList('BlkioDeviceReadBps', rate(readBytes))),
  'device-write-bps': list('limits', 'bytesRate', '/dev/sda:10mb', hostList('BlkioDeviceWriteBps', rate(readBytes))),
  'device-read-iops': list('limits', 'rate', '/dev/sda:1000', hostList('BlkioDeviceReadIOps', rate(Number))),
  'device-write-iops': list('limits', 'rate', '/dev/sda:1000', hostList('BlkioDeviceWriteIOps', rate(Number))),
  'cgroup-parent': text('limits', 'any', '/apps', host('CgroupParent')),

  network: list('network', 'network', 'frontend', (target, values) => void (target.networks = values.map(readNetwork))),
  'network-alias': list('network', 'any', 'db', ({ endpoint }, values) => void (endpoint.Aliases = [...values])),
  hostname: text('network', 'any', 'web-1', config('Hostname'), { short: 'h' }),
  domainname: text('network', 'any', 'example.org', config('Domainname')),
  'publish-all': on('network', host('PublishAllPorts', yes), 'P'),
  expose: list('network', 'exposed', '9000/udp', ({ config: c }, values) => void (c.ExposedPorts = { ...c.ExposedPorts, ...Object.fromEntries(values.flatMap(exposed).map((port) => [port, {}])) })),
  ip: text('network', 'any', '172.30.0.10', address('IPv4Address')),
  ip6: text('network', 'any', '2001:db8::33', address('IPv6Address')),
  'link-local-ip': list('network', 'any', '169.254.34.68', ({ endpoint }, values) => void (endpoint.IPAMConfig = { ...endpoint.IPAMConfig, LinkLocalIPs: [...values] })),
  'mac-address': text('network', 'mac', '92:d0:c6:0a:29:33', ({ endpoint }, [value = '']) => void (endpoint.MacAddress = value)),
  dns: list('network', 'any', '9.9.9.9', hostList('Dns')),
  'dns-search': list('network', 'any', 'example.org', hostList('DnsSearch')),
  'dns-option': list('network', 'any', 'ndots:1', hostList('DnsOptions')),
  'add-host': list('network', 'host', 'db.local:10.0.0.5', hostList('ExtraHosts', (value) => value.replace(/^([^:=]+)=/, '$1:'))),
  link: list('network', 'any', 'db:database', hostList('Links')),

  mount: list('storage', 'mount', 'type=tmpfs,target=/cache', hostList('Mounts', readMount)),
  tmpfs: list('storage', 'tmpfs', '/run:size=64m', ({ host: h }, values) => void (h.Tmpfs = Object.fromEntries(values.map((value) => [value.split(':', 1)[0] ?? '', value.includes(':') ? value.slice(value.indexOf(':') + 1) : '']))) ),
  'volumes-from': list('storage', 'any', 'other:ro', hostList('VolumesFrom')),
  'volume-driver': text('storage', 'any', 'local', host('VolumeDriver')),
  'storage-opt': list('storage', 'pair', 'size=10G', ({ host: h }, values) => void (h.StorageOpt = pairs(values))),
  'read-only': on('storage', host('ReadonlyRootfs', yes)),

  entrypoint: text('command', 'any', '/docker-entrypoint.sh', config('Entrypoint', (value) => [value])),
  user: text('command', 'any', '1000:1000', config('User'), { short: 'u' }),
  workdir: text('command', 'any', '/app', config('WorkingDir'), { short: 'w' }),
  interactive: on('command', config('OpenStdin', yes), 'i'),
  tty: on('command', config('Tty', yes), 't'),
  init: on('command', host('Init', yes)),
  'group-add': list('command', 'any', 'audio', hostList('GroupAdd')),

  privileged: on('security', host('Privileged', yes)),
  'cap-add': list('security', 'any', 'NET_ADMIN', hostList('CapAdd')),
  'cap-drop': list('security', 'any', 'ALL', hostList('CapDrop')),
  'security-opt': list('security', 'any', 'no-new-privileges', ({ host: h }, values) => {
    const left = values.filter((value) => value !== 'systempaths=unconfined');
    // The CLI's own word for no masked and no read-only paths.
    if (left.length < values.length) Object.assign(h, { MaskedPaths: [], ReadonlyPaths: [] });
    h.SecurityOpt = left.map((value) => (value === 'no-new-privileges' ? 'no-new-privileges' : value.replace(/^(\w[\w-]*):/, '$1=')));
  }),
  device: list('security', 'device', '/dev/snd', ({ host: h }, values) => {
    h.Devices = values.filter((value) => value.startsWith('/')).map(readDevice);
    const named = values.filter((value) => !value.startsWith('/'));
    if (named.length > 0) h.DeviceRequests = [...(h.DeviceRequests ?? []), { Driver: 'cdi', DeviceIDs: named }];
  }),
  'device-cgroup-rule': list('security', 'any', 'c 42:* rmw', hostList('DeviceCgroupRules')),
  gpus: text('security', 'any', 'all', ({ host: h }, [value = '']) => void (h.DeviceRequests = [...(h.DeviceRequests ?? []), readGpus(value)])),
  userns: text('security', 'any', 'host', host('UsernsMode')),
  pid: text('security', 'any', 'host', host('PidMode')),
  ipc: text('security', 'any', 'shareable', host('IpcMode')),
  uts: text('security', 'any', 'host', host('UTSMode')),
  cgroupns: text('security', 'any', '', host('CgroupnsMode'), { choices: ['private', 'host'] }),
  sysctl: list('security', 'pair', 'net.ipv4.ip_forward=1', ({ host: h }, values) => void (h.Sysctls = pairs(values))),
  'use-api-socket': on('security', ({ host: h }) => void (h.Mounts = [...(h.Mounts ?? []), { Type: 'bind', Source: '/var/run/docker.sock', Target: '/var/run/docker.sock' }])),

  rm: on('else', host('AutoRemove', yes)),
  pull: text('else', 'any', '', nothing, { choices: ['missing', 'always', 'never'] }),
  platform: text('else', 'any', 'linux/amd64', (target, [value = '']) => void (target.platform = value)),
  label: list('else', 'pair', 'com.example.team=web', ({ config: c }, values) => void (c.Labels = pairs(values)), { short: 'l' }),
  annotation: list('else', 'pair', 'org.example.note=text', ({ host: h }, values) => void (h.Annotations = pairs(values))),
  'log-driver': text('else', 'any', 'json-file', ({ host: h }, [value = '']) => void (h.LogConfig = { ...h.LogConfig, Type: value })),
  'log-opt': list('else', 'pair', 'max-size=10m', ({ host: h }, values) => void (h.LogConfig = { ...h.LogConfig, Config: pairs(values) })),
  runtime: text('else', 'any', 'crun', host('Runtime')),
  isolation: text('else', 'any', 'default', host('Isolation')),
  'cpu-count': text('else', 'integer', '2', host('CpuCount', number)),
  'cpu-percent': text('else', 'integer', '50', host('CpuPercent', number)),
  'io-maxbandwidth': text('else', 'bytes', '10mb', host('IOMaximumBandwidth', readBytes)),
  'io-maxiops': text('else', 'integer', '1000', host('IOMaximumIOps', number)),
} as const satisfies Record<string, RunFlag>;

export type FlagName = keyof typeof runFlags;
export const flagNames = Object.keys(runFlags) as FlagName[];
export const flagOf = (name: FlagName): RunFlag => runFlags[name];

/** `8000-8002/udp` as its three ports. */
function exposed(value: string): string[] {
  const [range = '', protocol = 'tcp'] = value.split('/');
  const [first = 0, last = first] = range.split('-').map(Number);
  return Array.from({ length: Math.max(1, last - first + 1) }, (_, index) => `${first + index}/${protocol}`);
}

/** `/dev/sda:/dev/xvda:rw`: here, in the container, what may be done. */
function readDevice(value: string): DeviceMapping {
  const [here = '', second, third] = value.split(':');
  const isRights = second !== undefined && third === undefined && /^[rwm]+$/.test(second);
  return { PathOnHost: here, PathInContainer: second === undefined || isRights ? here : second, CgroupPermissions: (isRights ? second : third) ?? 'rwm' };
}

/** `all`, `2`, `device=0,1`, or fields as `driver=nvidia,count=2,"capabilities=gpu,utility"`. */
function readGpus(value: string): DeviceRequest {
  const plain = value.replace(/^"(.*)"$/, '$1');
  const request: DeviceRequest = { Driver: '', Count: 0, DeviceIDs: null, Capabilities: [['gpu']], Options: {} };
  if (plain === 'all') return { ...request, Count: -1 };
  if (/^\d+$/.test(plain)) return { ...request, Count: Number(plain) };
  if (/^device=[^=]*$/.test(plain)) return { ...request, DeviceIDs: plain.slice('device='.length).split(',') };
  for (const [name, field] of readFields(plain)) {
    if (name === 'driver') request.Driver = field;
    else if (name === 'count') request.Count = field === 'all' ? -1 : Number(field);
    else if (name === 'device') request.DeviceIDs = field.split(',');
    else if (name === 'capabilities') request.Capabilities = [['gpu', ...field.split(',').filter((one) => one !== 'gpu')]];
    else if (name === 'options') request.Options = pairs(field.split(','));
  }
  return request;
}
