import { absent } from './replay/compare.ts';
import type { Difference } from './replay/compare.ts';

/**
 * Where this engine differs from Debian's dockerd 20.10 on purpose, with the reason; nearly always that moby 28 does as this
 * engine. `docs/api.md` says the same to readers: a test holds the two together.
 */
export interface KnownDifference {
  /** `*` for every noun. */
  noun: string;
  /** Of `METHOD /path` as the case writes it, with the body and without the version; all requests when absent. */
  request?: RegExp;
  /** Places as in a step's `ignore`: `status`, `body.message`, `header.content-type`; any place when absent. */
  paths?: string[];
  /** Further conditions. The messages are those of the two errors, empty where there is none. */
  when?: (difference: Difference, ourMessage: string, theirMessage: string) => boolean;
  reason: string;
}

const unparsable = /^(error reading volume filters: )?(json: |invalid character|unexpected EOF|EOF$|got EOF|strconv\.|failed to parse)/;

export const knownDifferences: KnownDifference[] = [
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
    when: (_, ourMessage, theirMessage) => /Content-Type header/.test(ourMessage) && /^Content-Type specified/.test(theirMessage),
    reason: 'moby 28 says `unsupported Content-Type header (…)` and `malformed Content-Type header (…)`',
  },
  {
    noun: '*',
    request: /\/_ping/,
    paths: ['header.swarm', 'header.builder-version'],
    reason: 'moby 28 sends `Swarm` and `Builder-Version`; the latter is 1, because the classic builder is what clients should use',
  },
  {
    noun: '*',
    paths: ['body.message', 'body'],
    when: (_, ourMessage, theirMessage) => /^client version/.test(ourMessage || '') || /^client version/.test(theirMessage),
    reason: 'this engine speaks API 1.24 to 1.51',
  },
  {
    noun: '*',
    request: /\/version$/,
    paths: ['body', 'body.**'],
    reason: "the engine's own versions, and Node's, which it runs on",
  },
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
    paths: ['body.HostConfig.NetworkMode', 'body.*.HostConfig.NetworkMode'],
    when: ({ ours, theirs }) => ours === 'bridge' && theirs === 'default',
    reason: 'moby 28 shows the network mode `default` as `bridge`',
  },
];

/** The reason for a difference, when there is one. */
export function reasonFor(noun: string, request: string, difference: Difference, messages: { ours: string; theirs: string }, matchesPath: (glob: string) => boolean): string | undefined {
  return knownDifferences.find(
    (known) =>
      (known.noun === '*' || known.noun === noun) &&
      (known.request?.test(request) ?? true) &&
      (known.paths === undefined || known.paths.some(matchesPath)) &&
      (known.when?.(difference, messages.ours, messages.theirs) ?? true),
  )?.reason;
}
