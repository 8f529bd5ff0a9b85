import { t } from '../../../i18n/i18n.ts';
import { nearest } from '../../../format/nearest.ts';
import { quoteWord, splitWords } from '../../../format/shell-words.ts';
import { emptyDraft, envRow, portRow, volumeRow, type RunDraft } from './draft.ts';
import { flagNames, flagOf, type FlagName } from './flags/run-flags.ts';
import { readPublish } from './port-text.ts';
import { readVolume } from './volume-text.ts';

/** Something of the command that the form did not take over, in a sentence. */
export type Parsed = { ok: true; draft: RunDraft; notes: string[] } | { ok: false; problem: string };

/** How a flag that is no option of the table is met: a field of the form, or the business of the terminal where the CLI runs. */
type Plain = 'name' | 'publish' | 'env' | 'volume' | 'detach' | 'silent' | 'silent-value' | 'ignored' | 'file';
const plainFlags: Record<string, { kind: Plain; short?: string; isSwitch?: true }> = {
  name: { kind: 'name' },
  publish: { kind: 'publish', short: 'p' },
  env: { kind: 'env', short: 'e' },
  volume: { kind: 'volume', short: 'v' },
  detach: { kind: 'detach', short: 'd', isSwitch: true },
  quiet: { kind: 'silent', short: 'q', isSwitch: true },
  'sig-proxy': { kind: 'silent', isSwitch: true },
  'disable-content-trust': { kind: 'silent', isSwitch: true },
  help: { kind: 'silent', isSwitch: true },
  attach: { kind: 'silent-value', short: 'a' },
  'detach-keys': { kind: 'silent-value' },
  cidfile: { kind: 'ignored' },
  'env-file': { kind: 'file' },
  'label-file': { kind: 'file' },
};
const oldNames: Record<string, string> = { net: 'network', 'net-alias': 'network-alias', 'dns-opt': 'dns-option' };
const shorts = new Map<string, string>([
  ...Object.entries(plainFlags).flatMap(([name, { short }]): [string, string][] => (short === undefined ? [] : [[short, name]])),
  ...flagNames.flatMap((name): [string, string][] => (flagOf(name).short === undefined ? [] : [[flagOf(name).short ?? '', name]])),
]);
const isOption = (name: string): name is FlagName => (flagNames as readonly string[]).includes(name);
const isSwitch = (name: string): boolean => plainFlags[name]?.isSwitch === true || (isOption(name) && flagOf(name).kind === 'switch');

const program = /^(?:.*[\\/])?(?:docker|podman|nerdctl)(?:\.exe)?$/;

/** Whether a pasted text is meant as a command at all. */
export function looksLikeRun(text: string): boolean {
  return /^\s*(?:[$#>%]\s+)?(?:\w+=\S*\s+)*(?:sudo\s+(?:-\S+\s+)*)?(?:docker|podman|nerdctl)\s[^|;&]*?\b(?:run|create)\s/.test(text);
}

class Refusal extends Error {}

/** Reads `docker run` (or `create`) as the docker CLI reads its arguments. Rows that come of it are new rows. */
export function parseRunCommand(text: string): Parsed {
  // A prompt in front; the line ends of Windows; PowerShell's and cmd's marks of a line that goes on.
  const plain = text.replace(/\r\n?/g, '\n').replace(/^\s*[$#>%]\s+/, '').replace(/[ \t][`^][ \t]*\n/g, ' ');
  const split = splitWords(plain, { stopsAtOperators: true });
  if (!split.ok) return split;
  const notes: string[] = split.rest === undefined || split.rest === '' ? [] : [t('run:paste.cut', { rest: split.rest.slice(0, 60) })];
  try {
    return { ok: true, draft: readWords(afterRun(split.words), notes), notes };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.message };
    throw error;
  }
}

/** The words behind `docker [flags] [container] run`. */
function afterRun(words: readonly string[]): string[] {
  let at = 0;
  while (/^\w+=/.test(words[at] ?? '')) at++;
  if (words[at] === 'sudo') do at++; while (words[at]?.startsWith('-') === true);
  if (!program.test(words[at++] ?? '')) throw new Refusal(t('run:paste.notRun'));
  for (; words[at]?.startsWith('-') === true; at++) if (/^(?:-H|-c|-l|--host|--context|--config|--log-level|--tls(?:cacert|cert|key))$/.test(words[at] ?? '')) at++;
  if (words[at] === 'container') at++;
  if (words[at] !== 'run' && words[at] !== 'create') throw new Refusal(t('run:paste.notRun'));
  return words.slice(at + 1);
}

function readWords(words: readonly string[], notes: string[]): RunDraft {
  const draft = emptyDraft('');
  let at = 0;
  const value = (flag: string): string => {
    const next = words[at++];
    if (next === undefined) throw new Refusal(t('run:paste.noValue', { flag }));
    return next;
  };
  while (at < words.length) {
    const word = words[at] ?? '';
    if (!/^-./.test(word)) break;
    at++;
    if (word === '--') break;
    if (word.startsWith('--')) {
      const [typed = '', given] = cut(word.slice(2), '=');
      const name = oldNames[typed] ?? typed;
      if (plainFlags[name] === undefined && !isOption(name)) throw new Refusal(unknown(`--${typed}`, nearest(typed, [...Object.keys(plainFlags), ...flagNames])));
      put(draft, name, given ?? (isSwitch(name) ? 'true' : value(`--${typed}`)), notes);
      continue;
    }
    // Letters together: switches, then at most one that takes a value, which may be joined to it.
    for (let letter = 1; letter < word.length; letter++) {
      const short = word[letter] ?? '';
      const name = shorts.get(short);
      if (name === undefined) throw new Refusal(unknown(`-${short}`, undefined));
      const rest = word.slice(letter + 1);
      if (isSwitch(name) && !rest.startsWith('=')) put(draft, name, 'true', notes);
      else {
        put(draft, name, rest === '' ? value(`-${short}`) : rest.replace(/^=/, ''), notes);
        break;
      }
    }
  }
  draft.image = words[at] ?? '';
  if (draft.image === '') throw new Refusal(t('run:paste.noImage'));
  draft.command = words.slice(at + 1).map(quoteWord).join(' ');
  return draft;
}

function put(draft: RunDraft, name: string, value: string, notes: string[]): void {
  if (isOption(name)) {
    const { kind } = flagOf(name);
    if (kind === 'list') draft.options[name] = [...(draft.options[name] ?? []), value];
    else if (kind === 'text' && value.trim() !== '') draft.options[name] = [value];
    else if (kind === 'switch' && /^(?:1|t|true)$/i.test(value)) draft.options[name] = ['true'];
    else delete draft.options[name];
    return;
  }
  switch (plainFlags[name]?.kind) {
    case 'name':
      draft.name = value;
      return;
    case 'publish': {
      const port = readPublish(value);
      if (port === undefined) throw new Refusal(t('run:paste.badValue', { flag: '--publish', value }));
      draft.ports.push(portRow(port.host, port.inside, port.protocol));
      return;
    }
    case 'env': {
      const [variable = '', given] = cut(value, '=');
      if (given === undefined) notes.push(t('run:paste.fromShell', { name: variable }));
      draft.env.push(envRow(variable, given ?? ''));
      return;
    }
    case 'volume': {
      const { source, target, readOnly, more } = readVolume(value);
      draft.volumes.push(volumeRow(source, target, readOnly, more));
      return;
    }
    case 'file':
      notes.push(t('run:paste.file', { flag: `--${name}`, value }));
      return;
    case 'ignored':
      notes.push(t('run:paste.ignored', { flag: `--${name}` }));
      return;
    case 'detach':
    case 'silent':
    case 'silent-value':
    case undefined:
      // The window always runs in the background, and shows the log.
      return;
  }
}

function cut(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

const unknown = (flag: string, instead: string | undefined): string => (instead === undefined ? t('run:paste.unknown', { flag }) : t('run:paste.unknownLike', { flag, instead: `--${instead}` }));
