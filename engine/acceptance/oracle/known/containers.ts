import { absent } from '../replay/compare.ts';
import type { KnownDifference } from './known-difference.ts';
import { messages } from './known-difference.ts';

/** What 20.10 finds out at start, or never. */
const refusedAtCreate =
  /^(invalid CPU shares|No such container: nope|invalid (PID|IPC|UTS|user namespace) mode|invalid size: |invalid tmpfs option|invalid IP address in port binding|Decoding seccomp profile failed|could not get container for)/;

/** Of containers, their creation, streams, execs and files. */
export const containerDifferences: KnownDifference[] = [
  {
    noun: 'create',
    when: ({ ours, theirs }, ourMessage, theirMessage) => refusedAtCreate.test(ourMessage) && theirMessage === '' && (ours === 400 || ours === absent || theirs === absent),
    reason: 'moby 28 refuses at create what 20.10 takes: modes that are none, negative shares; this engine also what would fail at start',
  },
  {
    noun: 'create',
    paths: ['status', 'body.message'],
    when: messages(/^invalid restart policy: /),
    reason: 'moby 28 begins with `invalid restart policy: ` and names the policies',
  },
  {
    noun: 'containers',
    paths: ['status', 'body.message'],
    when: messages(/^invalid restart policy: /),
    reason: 'moby 28 begins with `invalid restart policy: ` and names the policies',
  },
  {
    noun: 'create',
    paths: ['status', 'body.message'],
    when: messages(/^(unknown or invalid runtime name: |invalid isolation \()/),
    reason: 'moby 28 says `unknown or invalid runtime name: …` and `invalid isolation (…)`',
  },
  {
    noun: 'create',
    paths: ['status', 'body.message'],
    when: messages(/^bad format for links/),
    reason: 'a link that cannot be read is 400',
  },
  {
    noun: 'create',
    paths: ['body.HostConfig.ConsoleSize.*'],
    when: ({ ours }) => ours === 0,
    reason: 'moby 28 takes no size of a terminal from clients before 1.42',
  },
  {
    noun: 'create',
    paths: ['body.NetworkSettings.MacAddress', 'body.NetworkSettings.Networks.*.MacAddress'],
    when: ({ theirs }) => theirs === '',
    reason: 'moby 28 shows the MAC address that was asked for before the first start, too',
  },
  {
    noun: 'containers',
    request: /^GET \/containers\/json\?all=1&filters=/,
    paths: ['status', 'body.message'],
    when: messages(/^No such container: nope/),
    reason: 'a container that is not there, in `before` or `since`, is 404',
  },
  {
    noun: 'containers',
    request: /filters=/,
    paths: ['status'],
    when: messages(/^error while looking up for/),
    reason: 'a port that is none, in `expose` or `publish`, is 400',
  },
  {
    noun: '*',
    paths: ['status', 'body.message', 'body.State.Error', 'body.stdout'],
    when: ({ ours, theirs, path }, ourMessage) => path === 'status' ? /OCI runtime|unable to start container process|no such file|unable to find user/.test(ourMessage) : /OCI runtime \w+ failed/.test(String(ours)) && /OCI runtime \w+ failed/.test(String(theirs)),
    reason: 'a command that cannot be run: 400, and in the words of moby 28 and of crun',
  },
  {
    noun: 'containers',
    request: /"WorkingDir":"\/etc\/passwd"/,
    reason: 'a working folder that is a file is found out at start, not at create',
  },
  {
    noun: 'containers',
    request: /^POST \/containers\/cc\/start/,
    when: messages(/./, /^No such container: cc/),
    reason: 'a working folder that is a file is found out at start, not at create',
  },
  {
    noun: 'containers',
    request: /\/kill\?/,
    paths: ['status', 'body.message'],
    when: messages(/^cannot kill container: \w+: (invalid signal: |the linux daemon does not support signal )/),
    reason: 'moby 28 says `cannot kill container: …` of a signal that is none, with 400',
  },
  {
    noun: 'containers',
    request: /\/top$/,
    paths: ['body.Processes.**'],
    reason: 'processes have other ids and other times',
  },
  {
    noun: 'containers',
    request: /\/unpause$/,
    paths: ['status'],
    reason: '`unpause` of what is not paused is 409',
  },
  {
    noun: 'containers',
    request: /^DELETE/,
    paths: ['status', 'body.message'],
    when: messages(/^cannot remove container/, /^You cannot remove/),
    reason: 'moby 28 says `cannot remove container "/name": container is …`, with 409',
  },
  {
    noun: '*',
    request: /^POST \/(containers|exec)\/[^/]+\/resize/,
    paths: ['status', 'body.message'],
    when: messages(/^invalid resize (height|width) ".*": invalid syntax$/, /^strconv\.Atoi: parsing ".*": invalid syntax$/),
    reason: 'moby 28 says `invalid resize height "x": …` with 400',
  },
  {
    noun: 'containers',
    request: /\/resize\?h=-1/,
    paths: ['status', 'header.content-type', 'body'],
    when: (_, ourMessage, theirMessage) => ourMessage === 'invalid resize height "-1": value out of range' && theirMessage === '',
    reason: 'moby 28 refuses a size below zero',
  },
  {
    noun: 'exec',
    request: /^POST \/exec\/\{e\}\/resize/,
    paths: ['status', 'body.message'],
    when: messages(/^exec process .* is not running$/, /^timeout waiting for exec session ready$/),
    reason: 'an exec that does not run is 409 when it is resized; dockerd waits for it for ten seconds and answers 500',
  },
  {
    noun: 'streams',
    paths: ['status', 'body.message'],
    when: messages(/^invalid value for "(since|until)"/),
    reason: 'moby 28 says `invalid value for "since": …`',
  },
  {
    noun: 'streams',
    request: /condition=bogus/,
    reason: 'moby 28 refuses a condition that is none',
  },
  {
    noun: 'streams',
    request: /\/attach\/ws/,
    paths: ['header.content-type'],
    reason: 'errors of `attach/ws` are JSON',
  },
  {
    noun: 'streams',
    request: /\/stats/,
    paths: ['body.*.cpu_usage.percpu_usage', 'body.memory_stats.max_usage', 'body.memory_stats.stats.*'],
    reason: 'stats have the counters that cgroup v2 has, and all of `memory.stat`',
  },
  {
    noun: 'exec',
    request: /^POST \/exec\/\{e\}\/start/,
    when: (_, ourMessage) => /has already run$/.test(ourMessage),
    reason: 'an exec that cannot be started is an error with a status, not text in a stream',
  },
  {
    noun: 'exec',
    paths: ['body.ExitCode'],
    when: ({ ours, theirs }) => ours === 127 && theirs === 126,
    reason: 'an exec of a command that is not there ends with 127',
  },
  {
    noun: 'archive',
    paths: ['status', 'body.message'],
    when: messages(/^lstat /, /^lstat /),
    reason: 'paths in messages are those in the container',
  },
  {
    noun: 'archive',
    request: /^PUT/,
    paths: ['status', 'body', 'header.content-type'],
    when: ({ theirs }, ourMessage, theirMessage) => ourMessage.startsWith('Error processing tar file') && theirMessage === '' && (theirs === absent || theirs === 200),
    reason: 'an archive without a single byte is 400',
  },
  {
    noun: 'archive',
    request: /^PUT/,
    paths: ['status', 'body.message'],
    when: (difference, ourMessage, theirMessage) => (difference.path === 'status' ? difference.ours === 400 && difference.theirs === 500 : true) && theirMessage === `Error processing tar file(exit status 1): ${ourMessage}`,
    reason: 'what cannot be unpacked into a container is 400, and is said without the name of a helper program',
  },
  {
    noun: 'archive',
    request: /^PUT/,
    paths: ['body.message'],
    when: messages(/^unexpected end of the archive$/, /^Error processing tar file\(exit status 1\): unexpected EOF$/),
    reason: 'an archive that ends in the middle is described by this engine',
  },
];
