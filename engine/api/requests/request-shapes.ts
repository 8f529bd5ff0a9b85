import type { Shape } from './json-shape.ts';

/** Shapes of the bodies that the API takes, as the swagger defines them. */

const strings: Shape = { list: 'string' };
const stringMap: Shape = { map: 'string' };

const healthcheck: Shape = {
  fields: { Test: strings, Interval: 'integer', Timeout: 'integer', StartPeriod: 'integer', StartInterval: 'integer', Retries: 'integer' },
};

const containerConfig: Record<string, Shape> = {
  Hostname: 'string',
  Domainname: 'string',
  User: 'string',
  AttachStdin: 'boolean',
  AttachStdout: 'boolean',
  AttachStderr: 'boolean',
  ExposedPorts: { map: { fields: {} } },
  Tty: 'boolean',
  OpenStdin: 'boolean',
  StdinOnce: 'boolean',
  Env: strings,
  Cmd: 'words',
  Image: 'string',
  Volumes: { map: { fields: {} } },
  WorkingDir: 'string',
  Entrypoint: 'words',
  NetworkDisabled: 'boolean',
  MacAddress: 'string',
  Labels: stringMap,
  StopSignal: 'string',
  StopTimeout: 'integer',
  Shell: 'words',
  OnBuild: strings,
  Healthcheck: healthcheck,
};

const rate: Shape = { list: { fields: { Path: 'string', Rate: 'integer' } } };

const resources: Record<string, Shape> = {
  CpuShares: 'integer',
  Memory: 'integer',
  CgroupParent: 'string',
  BlkioWeight: 'integer',
  BlkioWeightDevice: { list: { fields: { Path: 'string', Weight: 'integer' } } },
  BlkioDeviceReadBps: rate,
  BlkioDeviceWriteBps: rate,
  BlkioDeviceReadIOps: rate,
  BlkioDeviceWriteIOps: rate,
  CpuPeriod: 'integer',
  CpuQuota: 'integer',
  CpuRealtimePeriod: 'integer',
  CpuRealtimeRuntime: 'integer',
  CpusetCpus: 'string',
  CpusetMems: 'string',
  Devices: { list: { fields: { PathOnHost: 'string', PathInContainer: 'string', CgroupPermissions: 'string' } } },
  DeviceCgroupRules: strings,
  DeviceRequests: {
    list: { fields: { Driver: 'string', Count: 'integer', DeviceIDs: strings, Capabilities: { list: strings }, Options: stringMap } },
  },
  KernelMemory: 'integer',
  KernelMemoryTCP: 'integer',
  MemoryReservation: 'integer',
  MemorySwap: 'integer',
  MemorySwappiness: 'integer',
  NanoCpus: 'integer',
  OomKillDisable: 'boolean',
  PidsLimit: 'integer',
  Ulimits: { list: { fields: { Name: 'string', Soft: 'integer', Hard: 'integer' } } },
  CpuCount: 'integer',
  CpuPercent: 'integer',
  IOMaximumIOps: 'integer',
  IOMaximumBandwidth: 'integer',
};

const restartPolicy: Shape = { fields: { Name: 'string', MaximumRetryCount: 'integer' } };

const mountRequest: Shape = {
  fields: {
    Type: 'string',
    Source: 'string',
    Target: 'string',
    ReadOnly: 'boolean',
    Consistency: 'string',
    BindOptions: { fields: { Propagation: 'string', NonRecursive: 'boolean', CreateMountpoint: 'boolean' } },
    VolumeOptions: {
      fields: { NoCopy: 'boolean', Labels: stringMap, Subpath: 'string', DriverConfig: { fields: { Name: 'string', Options: stringMap } } },
    },
    TmpfsOptions: { fields: { SizeBytes: 'integer', Mode: 'integer', Options: { list: strings } } },
    ImageOptions: { fields: { Subpath: 'string' } },
  },
};

const hostConfig: Shape = {
  fields: {
    ...resources,
    Binds: strings,
    ContainerIDFile: 'string',
    LogConfig: { fields: { Type: 'string', Config: stringMap } },
    NetworkMode: 'string',
    PortBindings: { map: { list: { fields: { HostIp: 'string', HostPort: 'string' } } } },
    RestartPolicy: restartPolicy,
    AutoRemove: 'boolean',
    VolumeDriver: 'string',
    VolumesFrom: strings,
    Mounts: { list: mountRequest },
    ConsoleSize: { list: 'integer' },
    Annotations: stringMap,
    CapAdd: 'words',
    CapDrop: 'words',
    CgroupnsMode: 'string',
    Dns: strings,
    DnsOptions: strings,
    DnsSearch: strings,
    ExtraHosts: strings,
    GroupAdd: strings,
    IpcMode: 'string',
    Cgroup: 'string',
    Links: strings,
    OomScoreAdj: 'integer',
    PidMode: 'string',
    Privileged: 'boolean',
    PublishAllPorts: 'boolean',
    ReadonlyRootfs: 'boolean',
    SecurityOpt: strings,
    StorageOpt: stringMap,
    Tmpfs: stringMap,
    UTSMode: 'string',
    UsernsMode: 'string',
    ShmSize: 'integer',
    Sysctls: stringMap,
    Runtime: 'string',
    Isolation: 'string',
    Init: 'boolean',
    MaskedPaths: strings,
    ReadonlyPaths: strings,
  },
};

const endpointSettings: Shape = {
  fields: {
    IPAMConfig: { fields: { IPv4Address: 'string', IPv6Address: 'string', LinkLocalIPs: strings } },
    Links: strings,
    Aliases: strings,
    DriverOpts: stringMap,
    GwPriority: 'integer',
    NetworkID: 'string',
    MacAddress: 'string',
  },
};

export const containerCreateShape: Shape = {
  fields: { ...containerConfig, HostConfig: hostConfig, NetworkingConfig: { fields: { EndpointsConfig: { map: endpointSettings } } } },
};

export const containerUpdateShape: Shape = { fields: { ...resources, RestartPolicy: restartPolicy } };

export const commitShape: Shape = { fields: containerConfig };

export const execCreateShape: Shape = {
  fields: {
    AttachStdin: 'boolean',
    AttachStdout: 'boolean',
    AttachStderr: 'boolean',
    ConsoleSize: { list: 'integer' },
    DetachKeys: 'string',
    Tty: 'boolean',
    Env: strings,
    Cmd: 'words',
    Privileged: 'boolean',
    User: 'string',
    WorkingDir: 'string',
  },
};

export const execStartShape: Shape = { fields: { Detach: 'boolean', Tty: 'boolean', ConsoleSize: { list: 'integer' } } };

export const volumeCreateShape: Shape = { fields: { Name: 'string', Driver: 'string', DriverOpts: stringMap, Labels: stringMap } };

export const networkCreateShape: Shape = {
  fields: {
    Name: 'string',
    Driver: 'string',
    Scope: 'string',
    Internal: 'boolean',
    Attachable: 'boolean',
    Ingress: 'boolean',
    ConfigOnly: 'boolean',
    ConfigFrom: { fields: { Network: 'string' } },
    EnableIPv4: 'boolean',
    EnableIPv6: 'boolean',
    CheckDuplicate: 'boolean',
    Options: stringMap,
    Labels: stringMap,
    IPAM: {
      fields: {
        Driver: 'string',
        Options: stringMap,
        Config: { list: { fields: { Subnet: 'string', IPRange: 'string', Gateway: 'string', AuxiliaryAddresses: stringMap } } },
      },
    },
  },
};

export const networkConnectShape: Shape = { fields: { Container: 'string', Force: 'boolean', EndpointConfig: endpointSettings } };

export const credentialsShape: Shape = { fields: { username: 'string', password: 'string', email: 'string', serveraddress: 'string', identitytoken: 'string' } };
