import { absent } from '../replay/compare.ts';
import { messages } from './known-difference.ts';
import type { KnownDifference } from './known-difference.ts';

const unparsable = /^(error reading volume filters: )?(json: |invalid character|unexpected EOF|EOF$|got EOF|strconv\.|failed to parse)/;

/** In answers of every noun. */
export const commonDifferences: KnownDifference[] = [
  {
    noun: '*',
    paths: ['header.ostype', 'header.docker-experimental'],
    when: ({ theirs }) => theirs === absent,
    reason: 'every answer carries the headers of the engine, also where the request reached no endpoint',
  },
  {
    noun: '*',
    paths: ['body.message'],
    when: ({ ours, theirs }) => typeof ours === 'string' && typeof theirs === 'string' && ours !== theirs && ours.toLowerCase() === theirs.toLowerCase(),
    reason: 'moby 28 begins most messages with a small letter',
  },
  {
    noun: '*',
    paths: ['status'],
    when: ({ ours, theirs }, _, theirMessage) => ours === 400 && theirs === 500 && unparsable.test(theirMessage),
    reason: 'moby 28 answers 400 for a body, filter or number that cannot be parsed; 20.10 answers 500',
  },
  {
    noun: '*',
    paths: ['body.message', 'body'],
    when: (_, ourMessage, theirMessage) => /^(invalid JSON: |unexpected content after JSON)/.test(ourMessage) && (unparsable.test(theirMessage) || /^config cannot be empty/i.test(theirMessage)),
    reason: 'moby 28 begins messages about bodies with `invalid JSON: `; what follows is this engine\'s JSON parser speaking',
  },
  {
    noun: '*',
    paths: ['body.message'],
    when: (_, ourMessage, theirMessage) => /^invalid filter$/.test(ourMessage) && unparsable.test(theirMessage),
    reason: 'moby 28 says `invalid filter` of filters that are not JSON',
  },
  {
    noun: '*',
    paths: ['body.message'],
    when: messages(/Content-Type header/, /^Content-Type specified/),
    reason: 'moby 28 says `unsupported Content-Type header (…)` and `malformed Content-Type header (…)`',
  },
  {
    noun: '*',
    paths: ['status', 'body.message'],
    when: messages(/Content-Type header/, /^Get "/),
    reason: 'moby 28 looks at the content type of every body, that of `/auth` too',
  },
  {
    noun: '*',
    request: /^POST \/(volumes\/create|auth)$/,
    when: (_, __, theirMessage) => /EOF/.test(theirMessage),
    reason: 'moby 28 takes no body at all for an empty object, but where a container is made',
  },
  {
    noun: '*',
    paths: ['status'],
    when: ({ ours, theirs }, ourMessage, theirMessage) => ours === 400 && theirs === 500 && ourMessage.toLowerCase() === theirMessage.toLowerCase(),
    reason: 'moby 28 answers 400 for mistakes of the client for which 20.10 answers 500',
  },
  {
    noun: '*',
    paths: ['status', 'body.message'],
    when: messages(/^invalid filter '/),
    reason: "moby 28 says `invalid filter 'name=value'` with 400, whatever is wrong with a filter",
  },
  {
    noun: '*',
    paths: ['body.message'],
    when: messages(/dial tcp: lookup /, /dial tcp: lookup /),
    reason: 'a registry that cannot be reached is described in the words of this machine',
  },
  {
    noun: '*',
    paths: ['status', 'body.message'],
    when: messages(/invalid reference format: repository name \(library\/\w+\) must be lowercase/, /repository name must be lowercase/),
    reason: 'moby 28 names the repository whose name must be lowercase, with 400',
  },
  {
    noun: '*',
    request: /platform=/,
    paths: ['status', 'body.message'],
    when: messages(/platform/, /platform/),
    reason: 'a platform that cannot be read, or that an image is not for, is said in other words',
  },
  {
    noun: '*',
    request: /\/wait/,
    paths: ['body.Error'],
    when: ({ ours, theirs }) => ours === absent && theirs === null,
    reason: 'moby 28 leaves `Error` out of the answer to `wait` where there is none',
  },
  {
    noun: '*',
    paths: ['body.**.GwPriority', 'body.**.DNSNames'],
    when: ({ theirs }) => theirs === absent,
    reason: 'moby 28 shows `GwPriority` and `DNSNames` of endpoints, whatever the version',
  },
  {
    noun: '*',
    paths: ['body.**.NetworkID'],
    when: ({ theirs }) => theirs === '',
    reason: 'endpoints have the id of their network from create on, and not from the first start on: compose looks for it',
  },
  {
    noun: '*',
    paths: ['body.HostConfig.RestartPolicy.Name'],
    when: ({ ours, theirs }) => ours === 'no' && theirs === '',
    reason: 'the restart policy is `no` where nothing is said',
  },
  {
    noun: '*',
    paths: ['body.HostConfig.Runtime'],
    when: ({ ours, theirs }) => ours === 'crun' && (theirs === absent || theirs === 'runc'),
    reason: 'the runtime is `crun` from create on',
  },
  {
    noun: '*',
    paths: ['body.NetworkSettings.SandboxID', 'body.NetworkSettings.SandboxKey'],
    when: ({ ours }) => ours === '',
    reason: 'moby 28 shows no sandbox of a container that does not run',
  },
  {
    noun: '*',
    paths: ['body.**.RepoDigests'],
    when: ({ theirs }) => theirs === null,
    reason: 'moby 28 shows no digests as `[]`',
  },
  {
    noun: '*',
    request: /^GET \/containers\/\w+\/(logs|stats)/,
    paths: ['header.content-type', 'body'],
    when: ({ path, theirs }) => (path === 'body' ? typeof theirs === 'string' : theirs === absent),
    reason: 'moby 28 says of which type the streams of `logs` and `stats` are',
  },
  {
    noun: '*',
    paths: ['body.lines.*.Actor.Attributes.execDuration', 'body.Actor.Attributes.execDuration'],
    reason: 'moby 28 says in `die` how long the container ran',
  },
  {
    noun: '*',
    request: /\/_ping/,
    paths: ['header.swarm', 'header.builder-version'],
    reason: 'moby 28 sends `Swarm` and `Builder-Version`; the latter is 1, because the classic builder is what clients should use',
  },
  {
    noun: '*',
    when: (_, ourMessage, theirMessage) => /^client version/.test(ourMessage || '') || /^client version/.test(theirMessage),
    reason: 'this engine speaks API 1.24 to 1.51',
  },
  {
    noun: '*',
    request: /\/version$/,
    paths: [
      ...['Platform.Name', 'Version', 'ApiVersion', 'MinAPIVersion', 'GitCommit', 'GoVersion', 'BuildTime'].map((name) => `body.${name}`),
      ...['length', '*.Name', '*.Version', '*.Details.*'].map((name) => `body.Components.${name}`),
    ],
    reason: "the engine's own versions, and Node's, which it runs on",
  },
  {
    noun: '*',
    request: /\/version$/,
    paths: ['body'],
    when: ({ ours, theirs }) => [ours, theirs].every((value) => /^client version \S+ is too (old|new)\./.test(String(value))),
    reason: 'this engine speaks API 1.24 to 1.51',
  },
  {
    noun: '*',
    request: /\/version$/,
    paths: ['body.Experimental'],
    when: ({ ours, theirs }) => ours === absent && theirs === true,
    reason: 'Debian builds its dockerd as experimental; moby leaves `Experimental` out where it is false',
  },
  {
    noun: '*',
    paths: ['body.GraphDriver.Data.**', 'body.*.GraphDriver.Data.**'],
    reason: 'snapshots lie in folders of their own, not in those of overlay2',
  },
  {
    noun: '*',
    paths: ['body.HostConfig.KernelMemory', 'body.HostConfig.KernelMemoryTCP'],
    reason: 'moby 28 has no kernel memory limits',
  },
  {
    noun: '*',
    paths: ['body.HostConfig.MaskedPaths.**'],
    when: ({ ours }) => JSON.stringify(ours ?? '').includes('/') && !JSON.stringify(ours).includes('/proc/x'),
    reason: 'moby 28 masks more: `/proc/interrupts` and `/sys/devices/virtual/powercap`',
  },
  {
    noun: '*',
    paths: ['body.**HostConfig.NetworkMode'],
    when: ({ ours, theirs }) => ours === 'bridge' && theirs === 'default',
    reason: 'moby 28 shows the network mode `default` as `bridge`',
  },
];
