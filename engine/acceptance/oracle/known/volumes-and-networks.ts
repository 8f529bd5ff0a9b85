import { absent } from '../replay/compare.ts';
import type { KnownDifference } from './known-difference.ts';
import { messages } from './known-difference.ts';

export const volumeAndNetworkDifferences: KnownDifference[] = [
  {
    noun: '*',
    paths: ['body.Labels', 'body.Volumes.*.Labels'],
    when: ({ ours, theirs }) => theirs === null && JSON.stringify(ours) === '{"com.docker.volume.anonymous":""}',
    reason: 'moby 28 labels volumes that nobody named `com.docker.volume.anonymous`',
  },
  {
    noun: 'volumes',
    request: /"Name":"x{255,}/,
    paths: ['status'],
    reason: 'a name that is too long for a folder is 400',
  },
  {
    noun: '*',
    paths: ['body.**.com.docker.network.bridge.name'],
    reason: 'the default bridge is `slipway0`, so that a dockerd beside this engine can have its `docker0`',
  },
  {
    noun: 'networks',
    paths: ['body.IPAM.Config.*.Gateway', 'body.*.IPAM.Config.*.Gateway'],
    when: ({ theirs }) => theirs === absent,
    reason: 'the gateway of the default network is shown from the first start on',
  },
  {
    noun: 'networks',
    paths: ['body.IPAM.Config', 'body.*.IPAM.Config'],
    when: ({ ours }) => ours === null,
    reason: 'moby 28 shows `IPAM.Config` of `host` and `none` as `null`',
  },
  {
    noun: '*',
    paths: ['Subnet', 'Gateway', 'IPAddress', 'IPv4Address'].map((name) => `body.**.${name}`),
    when: ({ ours, theirs }) => [ours, theirs].every((value) => typeof value === 'string' && /^172\.(1[89]|2\d)\.\d+\.\d+(\/16)?$/.test(value)),
    reason: 'a network gets the first free subnet; dockerd goes on with the next',
  },
  {
    noun: '*',
    paths: ['body.**.IPAddress'],
    when: ({ ours, theirs }) => /^172\.17\./.test(String(ours)) && /^172\.17\./.test(String(theirs)),
    reason: 'an address is free again once the kernel has taken its interface away, so a restart may bring another',
  },
  {
    noun: 'networks',
    paths: ['status', 'body.message'],
    when: messages(/^invalid network (config|name)/),
    reason: 'moby 28 tells all faults of a network at once, with 400',
  },
  {
    noun: 'networks',
    request: /^POST \/networks\/create .*IPRange":"10\.11/,
    reason: 'moby 28 refuses ranges that are not in their subnet',
  },
  {
    noun: '*',
    paths: ['status', 'body.message', 'body.Id', 'body.Warnings'],
    when: messages(/^invalid config for network/, /.?/),
    reason: 'moby 28 refuses settings of endpoints that cannot be, at create and all at once',
  },
  {
    noun: 'networks',
    request: /^POST \/containers\/cc\/start/,
    when: messages(/No such container: cc/),
    reason: 'moby 28 refuses settings of endpoints that cannot be, at create and all at once',
  },
  {
    noun: 'networks',
    request: /^GET \/containers\/ca\/json/,
    paths: ['body.NetworkSettings.Networks.n'],
    when: ({ ours }) => ours === absent,
    reason: 'what was refused leaves nothing in inspect',
  },
  {
    noun: 'networks',
    request: /"Driver":"overlay"/,
    paths: ['status'],
    reason: 'an overlay network without a swarm is 503, as everything of a swarm',
  },
  {
    noun: 'networks',
    request: /^DELETE \/networks\/n/,
    paths: ['status', 'body.message'],
    when: messages(/has active endpoints/, /has active endpoints/),
    reason: 'moby 28 names the endpoints that a network still has',
  },
  {
    noun: '*',
    paths: ['body.NetworkSettings.Networks.*.Aliases'],
    when: ({ ours, theirs }) => theirs === null && Array.isArray(ours) && ours.length > 0,
    reason: 'moby 28 shows the short id among the aliases from create on, to clients before 1.45',
  },
  {
    noun: 'networks',
    request: /\/start$/,
    paths: ['body.message'],
    when: messages(/^network n not found/, /^network <id> not found|^network [0-9a-f]{64} not found/),
    reason: 'a network that has gone is called by its name',
  },
  {
    noun: 'networks',
    paths: ['status', 'body.message'],
    when: messages(/port is already allocated by container/),
    reason: 'a port that is taken: it is said by whom',
  },
  {
    noun: 'networks',
    paths: ['body.State.Error'],
    when: ({ ours, theirs }) => /port is already allocated/.test(String(ours)) && /port is already allocated/.test(String(theirs)),
    reason: 'a port that is taken: it is said by whom',
  },
  {
    noun: '*',
    paths: ['body.HostnamePath', 'body.HostsPath', 'body.ResolvConfPath', 'body.LogPath'],
    when: ({ theirs }) => theirs === '',
    reason: 'paths of files are shown once a start has been tried, wherever it failed',
  },
];
