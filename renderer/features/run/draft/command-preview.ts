import { looksSecret } from '../../../format/secrets.ts';
import { quoteWord } from '../../../format/shell-words.ts';
import type { DockerCommand } from '../../../format/engine/docker-command.ts';
import { commandWords, filledEnv, filledOptions, filledPorts, filledVolumes, volumeText, type RunDraft } from './draft.ts';
import { flagOf } from './flags/run-flags.ts';
import { publishText } from './port-text.ts';

/** One line of the preview: a flag, its value, and the field of the form that it comes from. */
export interface PreviewPart {
  field: string;
  flag: string;
  /** Absent for a switch; each of the container's own words for its command. */
  words: string[];
}

/**
 * The draft as `docker run`, part by part.
 * @param showsSecrets false passes secrets by name and never prints them; true is for the person who edits the command as text.
 */
export function previewParts(draft: RunDraft, showsSecrets = false): PreviewPart[] {
  const parts: PreviewPart[] = [{ field: '', flag: '--detach', words: [] }];
  const add = (field: string, flag: string, value: string): void => void parts.push({ field, flag, words: [value] });
  if (draft.name.trim() !== '') add('name', '--name', draft.name.trim());
  for (const row of filledPorts(draft)) add(row.key, '--publish', publishText(row));
  for (const { key, name, value } of filledEnv(draft)) add(key, '--env', looksSecret(name.trim()) && !showsSecrets ? name.trim() : `${name.trim()}=${value}`);
  for (const row of filledVolumes(draft)) add(row.key, '--volume', volumeText(row));
  for (const { name, values } of filledOptions(draft)) {
    if (flagOf(name).kind === 'switch') parts.push({ field: name, flag: `--${name}`, words: [] });
    else values.forEach((value, index) => add(index === 0 ? name : `${name}.${index}`, `--${name}`, isSize(name) ? value.replace(/\s+/g, '') : value));
  }
  parts.push({ field: 'image', flag: '', words: [draft.image.trim()] });
  const words = commandWords(draft);
  if (words.length > 0) parts.push({ field: 'command', flag: '', words });
  return parts;
}

const isSize = (name: Parameters<typeof flagOf>[0]): boolean => flagOf(name).form === 'bytes' || flagOf(name).form === 'swap';

/** The value as it stands in the command line. A value that begins with a dash is joined to its flag, or it would be read as one. */
export function shownValue(part: PreviewPart): string {
  return part.words.map((word) => (word === '' && part.field === 'image' ? 'IMAGE' : quoteWord(word))).join(' ');
}

/** Between a flag and its value. */
export const joinOf = ({ flag, words }: PreviewPart): '' | ' ' | '=' => (flag === '' || words.length === 0 ? '' : words[0]?.startsWith('-') === true ? '=' : ' ');

/** In lines, ready to be pasted into a shell. */
export function previewText(draft: RunDraft, showsSecrets = false): string {
  const lines = previewParts(draft, showsSecrets).map((part) => `${part.flag}${joinOf(part)}${shownValue(part)}`);
  return ['docker run ' + (lines[0] ?? ''), ...lines.slice(1)].join(' \\\n  ');
}

/** In words, for the strip and the history. */
export function runCommand(draft: RunDraft, start: boolean): DockerCommand {
  const parts = previewParts(draft).filter(({ flag }) => start || flag !== '--detach');
  const words = parts.flatMap((part) => (joinOf(part) === '=' ? [`${part.flag}=${part.words[0]}`] : [...(part.flag === '' ? [] : [part.flag]), ...part.words]));
  return ['docker', start ? 'run' : 'create', ...words];
}
