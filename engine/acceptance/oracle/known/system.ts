import { absent } from '../replay/compare.ts';
import type { KnownDifference } from './known-difference.ts';

/** Of the protocol, the system, swarm and plugins. */
export const systemDifferences: KnownDifference[] = [
  {
    noun: 'system',
    request: /^GET \/info/,
    paths: ['body.Runtimes.**', 'body.Plugins.**', 'body.InitBinary'],
    reason: 'there is no containerd and no runc: crun answers by all their names',
  },
  {
    noun: 'system',
    request: /^GET \/info/,
    paths: ['body.KernelMemory', 'body.KernelMemoryTCP'],
    reason: 'moby 28 has no kernel memory limits',
  },
  {
    noun: 'system',
    request: /^GET \/system\/df/,
    paths: ['body.BuilderSize'],
    reason: 'moby 28 leaves `BuilderSize` out',
  },
  {
    noun: 'system',
    request: /^GET \/events\?(since|until)=/,
    when: (_, ourMessage, theirMessage) => /^strconv\.ParseInt/.test(theirMessage) && (ourMessage === '' || /^failed to parse value/.test(ourMessage)),
    reason: '`since` and `until` take RFC 3339 as well, and are 400 when they are neither',
  },
  {
    noun: 'swarm',
    request: /\/plugins\/nope/,
    when: (_, ourMessage) => ourMessage === 'plugin "nope" not found',
    reason: 'there are no plugins, whatever is asked about one',
  },
  {
    noun: 'swarm',
    request: /\/logs$/,
    paths: ['status'],
    reason: 'moby 28 answers 400 where no stream of a log is chosen; 20.10 answers 500',
  },
  {
    noun: 'protocol',
    request: /%zz$/,
    reason: 'a path that is none gets an answer in JSON, as any other mistake',
  },
  {
    noun: 'system',
    request: /^GET \/info/,
    paths: ['body.RegistryConfig.AllowNondistributable*'],
    when: ({ ours }) => ours === null,
    reason: 'moby 28 shows the settings of nondistributable artifacts as `null` to older clients',
  },
  {
    noun: 'system',
    request: /^GET \/info/,
    paths: ['body.CDISpecDirs'],
    when: ({ theirs }) => theirs === absent,
    reason: 'moby 28 shows `CDISpecDirs`',
  },
  {
    noun: 'system',
    request: /^GET \/info/,
    paths: ['body.Warnings'],
    reason: 'warnings are about the limits that this machine cannot enforce',
  },
  {
    noun: 'system',
    request: /^GET \/events/,
    paths: ['body', 'body.lines.**'],
    when: ({ theirs }) => theirs === 'create' || String(JSON.stringify(theirs)).includes('"Type":"volume"'),
    reason: 'moby 28 announces `create` of a volume when one is made, and not each time that one is asked for',
  },
  {
    noun: 'system',
    request: /prune\?filters=.*until/,
    paths: ['status'],
    reason: 'moby 28 answers 400 where `until` is given twice',
  },
  {
    noun: 'system',
    request: /^POST \/build\/cancel/,
    reason: 'cancelling a build is nothing to do: there is none',
  },
  {
    noun: 'swarm',
    request: /\/create \{bad$/,
    reason: 'there is no swarm, whatever is asked of it',
  },
];
