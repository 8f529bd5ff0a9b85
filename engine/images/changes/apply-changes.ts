import { posix } from 'node:path';
import type { ImageRunConfig } from '../../../contract/engine-api/image.ts';
import { InvalidParameterError } from '../../errors.ts';
import { expandWord } from './expand-word.ts';
import { healthcheckOf } from './healthcheck.ts';
import type { Instruction } from './instruction.ts';
import { jsonWords, pairsOf, parseInstructions, splitWords } from './instruction.ts';

/** Where CMD and ENTRYPOINT are no lists. */
const SHELL = ['/bin/sh', '-c'];

/**
 * The config after Dockerfile instructions, as `commit --change` and `import --change` give them. `config` stays as it is.
 * @throws InvalidParameterError in moby's words
 */
export function applyChanges(config: ImageRunConfig, changes: readonly string[]): ImageRunConfig {
  const changed: ImageRunConfig = structuredClone(config);
  for (const text of changes) for (const instruction of parseInstructions(text)) apply(changed, instruction);
  return changed;
}

function apply(config: ImageRunConfig, { name, rest, flags }: Instruction): void {
  const expand = (word: string) => expandWord(word, config.Env ?? []);
  switch (name) {
    case 'cmd':
      config.Cmd = commandOf(config, rest);
      return;
    case 'entrypoint':
      config.Entrypoint = rest === '' ? null : commandOf(config, rest);
      // An entrypoint is run with its own default arguments, not with the parent's.
      config.Cmd = null;
      return;
    case 'env':
      for (const [key, value] of pairsOf(name, rest)) config.Env = withEnv(config.Env ?? [], expand(key), expand(value));
      return;
    case 'label':
      for (const [key, value] of pairsOf(name, rest)) config.Labels = { ...config.Labels, [expand(key)]: expand(value) };
      return;
    case 'expose':
      for (const word of splitWords(rest)) for (const port of portsOf(expand(word))) config.ExposedPorts = { ...config.ExposedPorts, [port]: {} };
      return;
    case 'volume':
      for (const word of jsonWords(rest) ?? splitWords(rest)) config.Volumes = { ...config.Volumes, [volumeOf(expand(word))]: {} };
      return;
    case 'workdir':
      config.WorkingDir = posix.resolve(config.WorkingDir || '/', expand(rest));
      return;
    case 'user':
      config.User = expand(rest);
      return;
    case 'stopsignal':
      config.StopSignal = signalOf(expand(rest));
      return;
    case 'onbuild':
      config.OnBuild = [...(config.OnBuild ?? []), triggerOf(rest)];
      return;
    case 'healthcheck':
      config.Healthcheck = healthcheckOf(rest, flags);
      return;
    default:
      throw new InvalidParameterError(`${name} is not a valid change command`);
  }
}

function commandOf(config: ImageRunConfig, rest: string): string[] {
  return jsonWords(rest) ?? [...(config.Shell ?? SHELL), rest];
}

function withEnv(env: readonly string[], key: string, value: string): string[] {
  if (key === '') throw new InvalidParameterError('ENV names can not be blank');
  const index = env.findIndex((entry) => entry.split('=')[0] === key);
  return index === -1 ? [...env, `${key}=${value}`] : env.with(index, `${key}=${value}`);
}

/** `80`, `80/udp`, `8000-8002/tcp` as `port/protocol`. */
function portsOf(word: string): string[] {
  const match = /^(?:[^:]*:)?(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/i.exec(word);
  const [, first = '', last = first, protocol = 'tcp'] = match ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (match === null || from > to || from === 0 || to > 65_535) throw new InvalidParameterError(`invalid containerPort: ${word}`);
  return Array.from({ length: to - from + 1 }, (_, index) => `${from + index}/${protocol.toLowerCase()}`);
}

function volumeOf(path: string): string {
  if (path.trim() === '') throw new InvalidParameterError('VOLUME specified can not be an empty string');
  return path;
}

function signalOf(text: string): string {
  if (/^\d+$/.test(text) ? Number(text) >= 1 && Number(text) <= 64 : /^(SIG)?(RT(MIN|MAX)([+-]\d+)?|[A-Z][A-Z0-9]+)$/i.test(text)) return text;
  throw new InvalidParameterError(`invalid signal: ${text}`);
}

function triggerOf(rest: string): string {
  const word = (/^\S+/.exec(rest)?.[0] ?? '').toUpperCase();
  if (word === 'ONBUILD') throw new InvalidParameterError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  if (word === 'MAINTAINER' || word === 'FROM') throw new InvalidParameterError(`${word} isn't allowed as an ONBUILD trigger`);
  return rest;
}
