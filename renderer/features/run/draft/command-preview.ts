import { looksSecret } from '../../../format/secrets.ts';
import { quoteWord } from '../../../format/shell-words.ts';
import type { DockerCommand } from '../../../format/engine/docker-command.ts';
import { commandWords, filledEnv, filledPorts, filledVolumes, portPair, type RunDraft } from './draft.ts';

/** One line of the preview: a flag, its value, and the field of the form that it comes from. */
export interface PreviewPart {
  field: string;
  flag: string;
  value: string;
}

/** The draft as `docker run`, part by part. Secrets are passed by name and never printed. */
export function previewParts(draft: RunDraft): PreviewPart[] {
  const parts: PreviewPart[] = [{ field: '', flag: '--detach', value: '' }];
  const add = (field: string, flag: string, value: string): void => {
    if (value !== '') parts.push({ field, flag, value });
  };
  add('name', '--name', draft.name.trim());
  for (const row of filledPorts(draft)) {
    const { host, key } = portPair(row);
    add(row.key, '--publish', `${host === '' ? '' : `${host}:`}${key.replace(/\/tcp$/, '')}`);
  }
  for (const { key, name, value } of filledEnv(draft)) add(key, '--env', looksSecret(name.trim()) ? name.trim() : `${name.trim()}=${value}`);
  for (const { key, source, target, readOnly } of filledVolumes(draft)) add(key, '--volume', `${source.trim()}:${target.trim()}${readOnly ? ':ro' : ''}`);
  if (draft.restart !== 'no') add('restart', '--restart', draft.restart);
  add('memory', '--memory', draft.memory.trim().replace(/\s+/g, ''));
  add('cpus', '--cpus', draft.cpus.trim());
  add('user', '--user', draft.user.trim());
  add('workdir', '--workdir', draft.workdir.trim());
  if (draft.tty) parts.push({ field: 'tty', flag: '--interactive --tty', value: '' });
  if (draft.autoRemove) parts.push({ field: 'autoRemove', flag: '--rm', value: '' });
  parts.push({ field: 'image', flag: '', value: draft.image.trim() === '' ? 'IMAGE' : draft.image.trim() });
  const words = commandWords(draft);
  if (words.length > 0) parts.push({ field: 'command', flag: '', value: words.map(quoteWord).join(' ') });
  return parts;
}

/** The value as it stands in the command line; the container's own command is quoted word by word already. */
export function shownValue(part: PreviewPart): string {
  if (part.field === 'command' || (part.field === 'image' && part.value === 'IMAGE')) return part.value;
  return part.value === '' ? '' : quoteWord(part.value);
}

/** In lines, ready to be pasted into a shell. */
export function previewText(draft: RunDraft): string {
  const lines = previewParts(draft).map((part) => [part.flag, shownValue(part)].filter((word) => word !== '').join(' '));
  return ['docker run ' + (lines[0] ?? ''), ...lines.slice(1)].join(' \\\n  ');
}

/** In words, for the strip and the history. */
export function runCommand(draft: RunDraft, start: boolean): DockerCommand {
  const parts = previewParts(draft).filter(({ flag }) => start || flag !== '--detach');
  return ['docker', start ? 'run' : 'create', ...parts.flatMap((part) => (part.field === 'command' ? commandWords(draft) : [...part.flag.split(' '), part.value].filter((word) => word !== '')))];
}
