import { Check, Copy, FolderOpen, Globe, HardDrive, Layers, RotateCw, Trash2, TriangleAlert, ArrowDownToLine } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { looksSecret } from '../../format/secrets.ts';
import { previewParts, previewText, shownValue } from './draft/command-preview.ts';
import { filledEnv, filledPorts, filledVolumes, isHostFolder, portPair, type RunDraft } from './draft/draft.ts';
import { useDraft } from './draft/draft-store.ts';
import type { Problem } from './draft/problems.ts';
import { text } from './text.ts';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** The same as a docker command, live, and in words what pressing Run will do. */
export function CommandPane({ problems, isImageHere, replaces }: { problems: readonly Problem[]; isImageHere: boolean; replaces: string | undefined }) {
  const { draft, changed } = useDraft();
  const [copied, setCopied] = useState<string>();
  const whole = previewText(draft);
  const parts = previewParts(draft);
  const wrong = new Set(problems.map(({ field }) => field));
  const hasSecret = filledEnv(draft).some(({ name }) => looksSecret(name.trim()));
  return (
    <aside className="run__pane" aria-label={text.preview.title}>
      <div className="pane-head">
        <h2>{text.preview.title}</h2>
        <Button kind="quiet" icon={copied === whole ? <Check {...icon} /> : <Copy {...icon} />} onClick={() => void navigator.clipboard.writeText(whole).then(() => setCopied(whole))}>
          {copied === whole ? text.preview.copied : text.preview.copy}
        </Button>
      </div>
      <div className="command selectable isolated" role="region" aria-label={text.preview.title} data-testid="command-preview">
        {parts.map((part, index) => {
          const value = shownValue(part);
          const isWrong = wrong.has(part.field) && part.field !== '';
          const tone = isWrong ? 'wrong' : part.field === changed && changed !== '' ? 'changed' : 'plain';
          return (
            <div className="command__line" key={`${part.field}${part.flag}`}>
              {index === 0 && 'docker run '}
              {part.flag !== '' && <span className="command__flag">{part.flag}</span>}
              {part.flag !== '' && value !== '' && ' '}
              {value !== '' && <span className={`command__value command__value--${tone}`}>{value}</span>}
              {index < parts.length - 1 && <span className="command__more">{'\u00a0\\'}</span>}
            </div>
          );
        })}
      </div>
      <p className="pane-note">{hasSecret ? text.preview.secret : text.preview.note}</p>
      <h2>{text.plan.title}</h2>
      <ul className="plan">
        {replaces !== undefined && <Step glyph={<Trash2 {...icon} />} words={text.plan.replaces(replaces)} />}
        {planOf(draft, problems, isImageHere)}
      </ul>
    </aside>
  );
}

function Step({ glyph, words, isTrouble = false }: { glyph: ReactNode; words: string | string[]; isTrouble?: boolean }) {
  const [before, strong, after] = typeof words === 'string' ? [words] : words.length === 2 ? ['', ...words] : words;
  return (
    <li className={isTrouble ? 'plan__trouble' : undefined}>
      {glyph}
      <span className="isolated">
        {before}
        {strong !== undefined && <strong>{strong}</strong>}
        {after}
      </span>
    </li>
  );
}

function planOf(draft: RunDraft, problems: readonly Problem[], isImageHere: boolean): ReactNode[] {
  const image = draft.image.trim();
  const steps: ReactNode[] = [
    image === '' ? (
      <Step key="image" glyph={<Layers {...icon} />} words={text.plan.noImage} />
    ) : isImageHere ? (
      <Step key="image" glyph={<Layers {...icon} />} words={text.plan.here} />
    ) : (
      <Step key="image" glyph={<ArrowDownToLine {...icon} />} words={text.plan.pull(image)} />
    ),
  ];
  for (const { key, source } of filledVolumes(draft)) {
    if (source.trim() === '') continue;
    steps.push(
      isHostFolder(source) ? (
        <Step key={key} glyph={<FolderOpen {...icon} />} words={text.plan.folder(source.trim())} />
      ) : (
        <Step key={key} glyph={<HardDrive {...icon} />} words={text.plan.volume(source.trim())} />
      ),
    );
  }
  for (const row of filledPorts(draft)) {
    const { host, inside } = portPair(row);
    const problem = problems.find(({ field }) => field === row.key);
    if (problem?.kind === 'port-taken') steps.push(<Step key={row.key} isTrouble glyph={<TriangleAlert {...icon} />} words={text.plan.taken(problem.port ?? 0, problem.holder?.name)} />);
    else if (problem === undefined && row.protocol === 'tcp') steps.push(<Step key={row.key} glyph={<Globe {...icon} />} words={host === '' ? text.plan.anyPort(inside) : text.plan.open(host)} />);
  }
  if (draft.restart === 'always' || draft.restart === 'unless-stopped') steps.push(<Step key="restart" glyph={<RotateCw {...icon} />} words={text.plan.restart} />);
  if (draft.restart === 'on-failure') steps.push(<Step key="restart" glyph={<RotateCw {...icon} />} words={text.plan.onFailure} />);
  if (draft.autoRemove) steps.push(<Step key="rm" glyph={<Trash2 {...icon} />} words={text.plan.autoRemove} />);
  return steps;
}
